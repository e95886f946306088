package handlers

import (
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"vitrine/auth"
)

// session returns the signed-in person's session, on routes behind
// requireSession.
func session(c *gin.Context) auth.Session {
	s, _ := auth.FromContext(c.Request.Context())
	return s
}

// optionalSession returns the session where the route goes without, too.
func optionalSession(c *gin.Context) (auth.Session, bool) {
	return auth.FromContext(c.Request.Context())
}

// liveSession returns the session of a request, nil where there is none, and the
// cookie that named it. The store being away is never the same as being signed
// out.
func (h *Handlers) liveSession(c *gin.Context) (*auth.Session, openedCookie, error) {
	cookie := h.openCookie(c)
	s, err := h.Auth.Session(c.Request.Context(), cookie.id)
	if errors.Is(err, auth.ErrNoSession) {
		return nil, cookie, nil
	}
	if err != nil {
		return nil, cookie, err
	}
	return &s, cookie, nil
}

// loadSession puts the session, if there is one, into the request's context.
func (h *Handlers) loadSession(c *gin.Context) error {
	s, cookie, err := h.liveSession(c)
	if s != nil {
		h.moveToNewestKey(c, cookie)
		c.Request = c.Request.WithContext(auth.NewContext(c.Request.Context(), *s))
	}
	return err
}

// withSession lets everyone in, and knows who it is.
func (h *Handlers) withSession(answer func(*gin.Context, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := h.loadSession(c); err != nil {
			answer(c, err)
			c.Abort()
		} else if _, ok := optionalSession(c); ok {
			h.clearBounces(c)
		}
	}
}

// requireSession lets in who is signed in. A person who follows a link is sent
// to sign in and comes back; a script gets 401 and decides for itself.
func (h *Handlers) requireSession(answer func(*gin.Context, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		err := h.loadSession(c)
		if _, ok := optionalSession(c); err == nil && ok {
			h.clearBounces(c)
			return
		}
		switch {
		case err != nil:
			answer(c, err)
		case isNavigation(c.Request) && h.looping(c):
			h.clearBounces(c) // the button on that page is a fresh start
			answer(c, errSignInLoops)
		case isNavigation(c.Request) && h.staysSignedOut(c):
			noStore(c)
			c.Redirect(http.StatusFound, signedOutTo(c.Request.URL.RequestURI()))
		case isNavigation(c.Request):
			noStore(c)
			c.Redirect(http.StatusFound, loginPath(c.Request.URL.RequestURI()))
		default:
			h.answerJSON(c, errSignInNeeded)
		}
		c.Abort()
	}
}

// isNavigation reports whether a person will see the answer as a page of its
// own. Browsers say so themselves (Fetch Metadata); where they do not, Accept
// tells pages from data.
func isNavigation(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	if strings.Contains(r.Header.Get("Sec-Purpose"), "prefetch") || isUpgrade(r) {
		return false
	}
	if mode := r.Header.Get("Sec-Fetch-Mode"); mode != "" {
		dest := r.Header.Get("Sec-Fetch-Dest")
		return mode == "navigate" && (dest == "" || dest == "document")
	}
	accept := r.Header.Get("Accept")
	return r.Header.Get("X-Requested-With") == "" &&
		(accept == "" || strings.Contains(accept, "text/html") || strings.HasPrefix(accept, "*/*"))
}

func isUpgrade(r *http.Request) bool { return r.Header.Get("Upgrade") != "" }
