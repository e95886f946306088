package handlers

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"vitrine/auth"
	"vitrine/proxy"
	"vitrine/proxy/tenantpath"
)

// relayPrefix is where the tenant's API lives on our origin.
const relayPrefix = "/qlik"

// relayedMethods are those that the tenant's API knows. TRACE would show a page
// the headers that we add, and the rest no library sends.
var relayedMethods = []string{
	http.MethodGet, http.MethodHead, http.MethodOptions,
	http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
}

// refuseMethod answers a method that nothing at this address has.
func (h *Handlers) refuseMethod(c *gin.Context) {
	if strings.HasPrefix(c.Request.URL.Path, relayPrefix+"/") {
		refuseRelay(c, http.StatusMethodNotAllowed, h.language(c).Text("relay.Method not allowed"))
		return
	}
	h.answerPage(c, errMethod)
}

// refuseRelay answers in Qlik's form. It closes the connection after a refused
// upgrade: a front that took it for accepted goes on to send frames.
func refuseRelay(c *gin.Context, status int, title string) {
	if isUpgrade(c.Request) {
		c.Header("Connection", "close")
	}
	proxy.WriteError(c.Writer, status, "HTTP-"+strconv.Itoa(status), title, requestID(c))
}

// relay answers everything below /qlik/. Its refusals have Qlik's form, which
// the libraries read, and are never a redirect: a library takes one for a
// client-managed site.
func (h *Handlers) relay(c *gin.Context) {
	r := c.Request
	if r.URL.Path == relayPrefix+"/login" && isNavigation(r) {
		// What the libraries do on a 401: a real navigation, so a real sign-in.
		noStore(c)
		c.Redirect(http.StatusFound, loginPath(h.returnToOf(r)))
		return
	}
	path, err := h.Proxy.PathOf(r)
	if err != nil {
		status, title := proxy.PathError(err)
		refuseRelay(c, status, h.language(c).Text("relay."+title))
		return
	}
	if !h.sameOrigin(r, path) {
		refuseRelay(c, http.StatusForbidden, h.language(c).Text("relay.Request comes from another origin"))
		return
	}
	s, cookie, err := h.liveSession(c)
	if err != nil && !proxy.NeedsNoSession(r, path) {
		p := problemOf(err)
		h.logProblem(c, p, err)
		p.setRetryAfter(c)
		refuseRelay(c, p.status, p.title(h.language(c)))
		return
	}
	if s == nil && proxy.NeedsNoSession(r, path) {
		h.servePublicFile(c, path)
		return
	}
	if s != nil && path.API() { // caches may keep the rest, with what is set there
		h.moveToNewestKey(c, cookie)
	}
	if isUpgrade(r) {
		// For the log and the metrics, should it succeed: the answer is then
		// written by whom the connection belongs to.
		c.Status(http.StatusSwitchingProtocols)
	}
	h.Proxy.Relay(c.Writer, r, path, s)
}

// sameOrigin lets reads pass, unless the browser says that a page of another
// site loads something of ours into itself, and asks of everything else for a
// sign that it comes from our own pages: a browser may send our cookie with
// whatever any page makes it send. An upgrade is a GET, but a socket can do
// everything.
func (h *Handlers) sameOrigin(r *http.Request, path tenantpath.Path) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		if site := r.Header.Get("Sec-Fetch-Site"); !isUpgrade(r) {
			return site != "cross-site" && site != "same-site" || isNavigation(r) || path.Public()
		}
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		return strings.EqualFold(origin, h.PublicURL)
	}
	return r.Header.Get("Sec-Fetch-Site") == "same-origin"
}

// returnToOf reads where the library wants to be after signing in: an absolute
// address on our own origin. Anything else leads home.
func (h *Handlers) returnToOf(r *http.Request) string {
	query := r.URL.Query()
	returnTo := query.Get("returnto")
	if returnTo == "" {
		returnTo = query.Get("returnTo")
	}
	if rest, ok := strings.CutPrefix(returnTo, h.PublicURL); ok && strings.HasPrefix(rest, "/") {
		returnTo = rest
	}
	return auth.LocalPath(returnTo)
}

// loginPath is our own sign-in, which leads back to returnTo.
func loginPath(returnTo string) string {
	return "/login?" + url.Values{"return_to": {auth.LocalPath(returnTo)}}.Encode()
}
