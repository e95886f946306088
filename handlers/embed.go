package handlers

import (
	"cmp"
	"net/http"

	"github.com/gin-gonic/gin"
)

// embedMode is a way to embed a sheet.
type embedMode struct {
	Name, Page string
	// Library is the file the mode cannot do without; "" for none of ours.
	Library string
	// Cookie tells that the tenant's own pages are used, which know a person by
	// the tenant's cookie and by nothing that we could send.
	Cookie bool
	Bar    bool // there is a selection bar behind the page's chip
	// sources is what the page needs beyond our own origin.
	sources func(policy) sources
}

// embedModes lists the ways to embed a sheet; the first is the default. A mode
// is a row here, a page of its own, and its script in static/js.
var embedModes = []embedMode{
	{Name: "qlik-embed", Page: "embed/qlik-embed", Library: "vendor/qlik-embed/index.js", Bar: true, sources: policy.qlikEmbed},
	{Name: "nebula", Page: "embed/nebula", Library: "vendor/nebula/nebula.js", Bar: true, sources: policy.nothing},
	{Name: "iframe", Page: "embed/iframe", Library: enigmaLibrary, Cookie: true, sources: policy.tenantFrame},
	{Name: "capability", Page: "embed/capability", Library: enigmaLibrary, Cookie: true, Bar: true, sources: policy.tenantScripts},
	{Name: "enigma", Page: "embed/enigma", Library: enigmaLibrary, sources: policy.tenantData},
}

func embedModeOf(name string) (embedMode, bool) {
	for _, mode := range embedModes {
		if mode.Name == name {
			return mode, true
		}
	}
	return embedModes[0], false
}

// EmbedModes names them all, the usual one first.
func EmbedModes() []string {
	names := make([]string, len(embedModes))
	for i, mode := range embedModes {
		names[i] = mode.Name
	}
	return names
}

// embedMode is what the address asks for, or what is usual for the app.
func (h *Handlers) embedMode(c *gin.Context, appID string) embedMode {
	if mode, known := embedModeOf(c.Query("embed")); known {
		return mode
	}
	return h.usualMode(appID)
}

func (h *Handlers) usualMode(appID string) embedMode {
	mode, _ := embedModeOf(cmp.Or(h.AppEmbedModes[appID], h.EmbedMode))
	return mode
}

// modeLink is a mode on the page's switch.
type modeLink struct {
	Name, Label, Text, Href string
	Current                 bool
}

// embedFrame shows a sheet with nothing around it, for other people's pages.
func (h *Handlers) embedFrame(c *gin.Context) error {
	h.allowFraming(c)
	if _, signedIn := optionalSession(c); !signedIn {
		return h.frameSignIn(c)
	}
	return h.sheet(c)
}

// framePrefix is where bare sheets live.
const framePrefix = "/embed"

// frameSignInPage is what a frame shows to somebody it does not know: signing
// in needs a window of its own, because the tenant's login page may not be
// framed, and the cookie may be kept from us although they are signed in.
type frameSignInPage struct {
	basePage
	SignInHref string
	OpenHref   string // the same sheet, in a window of its own
}

func (h *Handlers) frameSignIn(c *gin.Context) error {
	page := frameSignInPage{
		basePage:   h.newBasePage(c, h.language(c).Text("frame.page-title")),
		SignInHref: loginPath(frameSignedInPath), OpenHref: sheetPath(c.Param("appId"), c.Param("sheetId")),
	}
	if query := c.Request.URL.RawQuery; query != "" {
		page.OpenHref += "?" + query
	}
	return h.render(c, http.StatusOK, "frame-sign-in", page)
}

const frameSignedInPath = framePrefix + "/signed-in"

// frameSignedIn is where the window that a frame opened for signing in ends.
func (h *Handlers) frameSignedIn(c *gin.Context) error {
	return h.render(c, http.StatusOK, "frame-signed-in", h.newBasePage(c, h.language(c).Text("frame.done.page-title")))
}
