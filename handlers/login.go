package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"vitrine/auth"
	"vitrine/store"
)

// supersededAge tells a person who signs in anew from tabs that do so side by
// side: a session younger than this is left to the tab that made it.
const supersededAge = time.Minute

// login sends the browser to the tenant. Only a navigation that a person sees
// may start a sign-in: anything else would be lost on the way.
func (h *Handlers) login(c *gin.Context) error {
	if !isNavigation(c.Request) {
		return errSignInNeeded
	}
	authURL, err := h.Auth.Begin(c.Request.Context(), h.browserID(c), c.Query("return_to"))
	if err != nil {
		return fmt.Errorf("begin sign-in: %w", err)
	}
	if _, err := c.Request.Cookie(h.cookieName(signedOutCookie)); err == nil {
		h.markSignedOut(c, false) // somebody asked for it
	}
	noStore(c)
	redirect(c, http.StatusFound, authURL)
	return nil
}

// callback is the redirect URI. It judges nothing itself.
func (h *Handlers) callback(c *gin.Context) error {
	noStore(c)
	query := c.Request.URL.Query()
	for _, name := range []string{"state", "code", "iss", "error"} {
		if len(query[name]) > 1 {
			return fmt.Errorf("%w: %s comes %d times", auth.ErrInvalidRequest, name, len(query[name]))
		}
	}
	resp := auth.AuthorizationResponse{
		State: query.Get("state"), Code: query.Get("code"), Issuer: query.Get("iss"),
		Error: query.Get("error"), ErrorDescription: query.Get("error_description"),
		Device: auth.Device{UserAgent: clip(c.Request.UserAgent(), 200), Address: c.ClientIP()},
	}
	former := h.sessionID(c)
	s, returnTo, err := h.Auth.Complete(c.Request.Context(), h.browserOfState(c, resp.State), resp)
	if errors.Is(err, auth.ErrReplayed) && h.lives(c, former) {
		redirect(c, http.StatusSeeOther, returnTo)
		return nil
	}
	h.recordSignIn(c, s, err)
	if err != nil {
		return fmt.Errorf("complete sign-in: %w", err)
	}
	if err := h.setSessionID(c, s.ID); err != nil {
		return fmt.Errorf("set session cookie: %w", err)
	}
	h.countBounce(c)
	h.supersede(c, former)
	redirect(c, http.StatusSeeOther, returnTo)
	return nil
}

// lives reports whether the browser that came back is still signed in.
func (h *Handlers) lives(c *gin.Context, id string) bool {
	_, err := h.Auth.Peek(c.Request.Context(), id)
	return err == nil
}

// supersede ends the session this browser had before, which nobody can reach
// any more. One that another tab has just made is left alone: pages of that
// tab may still be under way with it.
func (h *Handlers) supersede(c *gin.Context, former string) {
	s, err := h.Auth.Peek(c.Request.Context(), former)
	if err != nil || h.Now().Sub(s.CreatedAt) < supersededAge {
		return
	}
	h.auditOwnEnd(c, s, "replaced by a new sign-in", h.end(c, former))
}

// recordSignIn counts a sign-in, and notes it for the sign-in log. A response
// without an authorization request is counted only: any stranger can send one.
func (h *Handlers) recordSignIn(c *gin.Context, s auth.Session, fault error) {
	result, reason := signInResult(fault)
	h.metrics.signIns.WithLabelValues(string(result), reason).Inc()
	if errors.Is(fault, auth.ErrInvalidRequest) || errors.Is(fault, auth.ErrStore) {
		return
	}
	h.DB.NoteSignIn(store.SignIn{
		UserID: s.User.ID, Name: s.User.Name, Email: s.User.Email,
		At: h.Now(), Method: "code", Address: c.ClientIP(), UserAgent: c.Request.UserAgent(),
		Result: result, Reason: reason, RequestID: requestID(c),
	})
}

func signInResult(err error) (result store.SignInResult, reason string) {
	switch {
	case err == nil:
		return store.SignInSucceeded, ""
	case errors.Is(err, auth.ErrAccessDenied):
		return store.SignInDenied, "access denied"
	case errors.Is(err, auth.ErrInvalidRequest):
		return store.SignInFailed, "invalid response"
	case errors.Is(err, auth.ErrStore):
		return store.SignInFailed, "store unavailable"
	}
	return store.SignInFailed, "tenant fault"
}

// clip cuts what a browser says of itself to what is worth keeping.
func clip(s string, most int) string {
	if len(s) > most {
		s = s[:most]
	}
	return strings.ToValidUTF8(s, "")
}
