package handlers

import (
	"net/http"
	"net/textproto"
	"strings"
	"time"

	"github.com/gin-contrib/sessions"
	"github.com/gin-gonic/gin"

	"vitrine/auth"
)

const (
	sessionCookie = "vitrine"
	browserCookie = "vitrine_browser_"
	sessionIDKey  = "id"
	// browserMaxAge outlives any sign-in under way, and little more.
	browserMaxAge = time.Hour
)

// cookieName adds the prefix that makes a browser refuse the cookie from
// anywhere but this host, over https (RFC 6265bis section 4.1.3.2).
func (h *Handlers) cookieName(name string) string {
	if h.secure {
		return "__Host-" + name
	}
	return name
}

func (h *Handlers) cookieOptions() sessions.Options {
	o := sessions.Options{Path: "/", HttpOnly: true, Secure: h.secure, SameSite: http.SameSiteLaxMode}
	if h.CrossSiteCookie && h.secure {
		o.SameSite = http.SameSiteNoneMode
	}
	return o
}

// sessionID returns what the session cookie holds. A cookie that does not
// decode is no session, and no fault either.
func (h *Handlers) sessionID(c *gin.Context) string { return h.openCookie(c).id }

func (h *Handlers) openCookie(c *gin.Context) openedCookie {
	value, found := cookieValue(c.Request.Header, h.cookieName(sessionCookie))
	if !found {
		return openedCookie{}
	}
	return h.cookies.now.Load().open(value)
}

// cookieValue finds a cookie whose value has no characters that need care. Every
// request asks for it, and http.Request.Cookie first takes all others apart. Only
// spaces of ASCII stand between cookies: a name that begins with another is not
// ours, and lacks the prefix by which browsers protect ours.
func cookieValue(header http.Header, name string) (value string, found bool) {
	for _, line := range header["Cookie"] {
		for part := range strings.SplitSeq(line, ";") {
			if value, found = strings.CutPrefix(textproto.TrimString(part), name); found && strings.HasPrefix(value, "=") {
				return value[1:], true
			}
		}
	}
	return "", false
}

// openSessions lets a request read and write the session cookie.
func (h *Handlers) openSessions() gin.HandlerFunc {
	return sessions.Sessions(h.cookieName(sessionCookie), h.cookies)
}

// cookieSession returns what the cookie is written with. Where no middleware has
// opened it, nothing follows the handler that is at work, and it can be opened
// now: the routes asked most write a cookie when the keys have changed only.
func (h *Handlers) cookieSession(c *gin.Context) sessions.Session {
	if _, opened := c.Get(sessions.DefaultKey); !opened {
		h.openSessions()(c)
	}
	return sessions.Default(c)
}

func (h *Handlers) setSessionID(c *gin.Context, id string) error {
	s := h.cookieSession(c)
	s.Set(sessionIDKey, id)
	return s.Save()
}

func (h *Handlers) clearSessionID(c *gin.Context) error {
	s := h.cookieSession(c)
	s.Clear()
	options := h.cookieOptions()
	options.MaxAge = -1
	s.Options(options)
	return s.Save()
}

// setCookie sets one of the small cookies beside the session's. A maxAge of 0
// lets it end with the browser, a negative one removes it.
func (h *Handlers) setCookie(c *gin.Context, name, value string, maxAge int) {
	http.SetCookie(c.Writer, &http.Cookie{ //nolint:gosec // Secure wherever PUBLIC_URL is https; http is for loopback
		Name: name, Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: h.secure, SameSite: http.SameSiteLaxMode,
	})
}

// browserID returns the ID of the browser that starts a sign-in, and gives it
// one when it has none. Its cookie is set anew each time: it must outlive the
// sign-in that starts now. Each ID has a cookie of its own name: when several tabs
// of a new browser start at once, each gets an ID, and none overwrites another.
func (h *Handlers) browserID(c *gin.Context) string {
	prefix, id := h.cookieName(browserCookie), ""
	for _, cookie := range c.Request.Cookies() {
		label, ok := strings.CutPrefix(cookie.Name, prefix)
		if ok && label == auth.BrowserLabel(cookie.Value) {
			id = cookie.Value
			break
		}
	}
	if id == "" {
		id = auth.NewBrowserID()
	}
	h.setCookie(c, prefix+auth.BrowserLabel(id), id, int(browserMaxAge.Seconds()))
	return id
}

// browserOfState returns the ID of the browser that this state was given to,
// if this is that browser, and "" if not.
func (h *Handlers) browserOfState(c *gin.Context, state string) string {
	label := auth.BrowserLabelOf(state)
	if label == "" {
		return ""
	}
	cookie, err := c.Request.Cookie(h.cookieName(browserCookie) + label)
	if err != nil {
		return ""
	}
	return cookie.Value
}
