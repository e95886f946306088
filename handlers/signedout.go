package handlers

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"
)

// welcomePage is home for somebody without a session.
type welcomePage struct {
	basePage
	SignedOut    bool   // they have just signed out
	SignInHref   string // leads back to where they wanted to be
	TenantLogout string
	People       []demoPerson
}

type demoPerson struct {
	DemoPerson
	Initials string
}

// welcome offers to sign in, and never does so by itself: who has signed out
// wants to stay so.
func (h *Handlers) welcome(c *gin.Context) error {
	page := welcomePage{
		basePage: h.newBasePage(c, "Vitrine"), SignedOut: c.Query("signed_out") != "",
		SignInHref: "/login", TenantLogout: h.tenantLogout(c),
	}
	if page.SignedOut {
		page.Title = h.language(c).Text("signed-out.page-title")
	}
	if returnTo := c.Query("return_to"); returnTo != "" {
		page.SignInHref = loginPath(returnTo)
	}
	if h.Demo != nil {
		for _, p := range h.Demo.People {
			page.People = append(page.People, demoPerson{DemoPerson: p, Initials: initials(p.Name)})
		}
	}
	return h.render(c, http.StatusOK, "welcome", page)
}

// logoutPage asks before it signs out, because a GET must change nothing.
func (h *Handlers) logoutPage(c *gin.Context) error {
	return h.render(c, http.StatusOK, "logout", h.newBasePage(c, h.language(c).Text("logout.page-title")))
}

// signedOutCookie marks a browser whose person has signed out. The tenant may
// still know them, so a sign-in that starts by itself would pass silently: the
// back button would bring everything back on a screen that somebody left.
const signedOutCookie = "vitrine_signed_out"

func (h *Handlers) markSignedOut(c *gin.Context, on bool) {
	maxAge := 0
	if !on {
		maxAge = -1
	}
	h.setCookie(c, h.cookieName(signedOutCookie), "1", maxAge)
}

// staysSignedOut reports whether a page must ask before it starts a sign-in.
// Only a browser that tells navigations from other requests is held back.
func (h *Handlers) staysSignedOut(c *gin.Context) bool {
	_, err := c.Request.Cookie(h.cookieName(signedOutCookie))
	return err == nil && c.Request.Header.Get("Sec-Fetch-Mode") == "navigate"
}

// signedOutTo is the signed-out page whose button leads to path.
func signedOutTo(path string) string {
	return signedOutPath + "&" + url.Values{"return_to": {path}}.Encode()
}
