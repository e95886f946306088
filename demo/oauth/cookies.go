package oauth

import (
	"net/http"
	"net/url"
	"strings"
)

// sessionCookie holds the tenant's own browser session. On plain http it has a
// twin: browsers take a cookie for use in foreign pages with Secure only, and
// while most count loopback as secure, Safari and plain HTTP clients do not.
const (
	sessionCookie     = "eas.sid"
	sessionCookieTwin = "eas.sid.first-party"
)

// setCookies gives the browser the session's ID, or takes it away.
func (sessions *Sessions) setCookies(w http.ResponseWriter, id string, maxAge int) {
	c := http.Cookie{ //nolint:gosec // to be sent from foreign pages is what it is for
		Name: sessionCookie, Value: id, Path: "/", MaxAge: maxAge, HttpOnly: true, Secure: true, SameSite: http.SameSiteNoneMode,
	}
	if sessions.Settings().NoThirdPartyCookies {
		c.SameSite = http.SameSiteLaxMode
	}
	http.SetCookie(w, &c)
	if strings.HasPrefix(sessions.URL, "http:") {
		c.Name, c.Secure, c.SameSite = sessionCookieTwin, false, http.SameSiteLaxMode
		http.SetCookie(w, &c)
	}
}

// sessionID is what the browser sent of it, or "".
func (sessions *Sessions) sessionID(r *http.Request) string {
	if sessions.Settings().NoThirdPartyCookies && sessions.fromForeignPage(r) {
		return "" // also where the browser would have sent the cookie
	}
	for _, name := range []string{sessionCookie, sessionCookieTwin} {
		if cookie, err := r.Cookie(name); err == nil && cookie.Value != "" {
			return cookie.Value
		}
	}
	return ""
}

// fromForeignPage: a page of another site asked for this, or for a frame in
// itself. Navigation to a page here does not count. A site
// is its host without the port, as in browsers.
func (sessions *Sessions) fromForeignPage(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site == "cross-site" && r.Header.Get("Sec-Fetch-Dest") != "document"
	}
	// Browsers send no Fetch metadata with WebSockets.
	origin := r.Header.Get("Origin")
	return origin != "" && hostName(origin) != hostName(sessions.URL)
}

func hostName(origin string) string {
	u, err := url.Parse(origin)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
