package handlers

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"vitrine/auth"
	"vitrine/store"
)

// signedOutPath is home, which shows a button to a person without a session
// and never starts a sign-in by itself.
const signedOutPath = "/?signed_out=1"

// logout ends the session here first, and then tells the tenant. Only when our
// own store could not be reached does the cookie stay: the session may live.
func (h *Handlers) logout(c *gin.Context) error {
	noStore(c)
	s, _ := h.Auth.Peek(c.Request.Context(), h.sessionID(c)) // for the audit log only
	err := h.end(c, h.sessionID(c))
	if errors.Is(err, auth.ErrStore) {
		return fmt.Errorf("sign out: %w", err)
	}
	h.auditOwnEnd(c, s, "signed out", err)
	if err := h.clearSessionID(c); err != nil {
		return fmt.Errorf("clear session cookie: %w", err)
	}
	h.markSignedOut(c, true)
	c.Redirect(http.StatusSeeOther, signedOutPath)
	return nil
}

// end ends a session and its open sockets.
func (h *Handlers) end(c *gin.Context, id string) error {
	if id == "" {
		return nil
	}
	err := h.Auth.End(c.Request.Context(), id)
	if !errors.Is(err, auth.ErrStore) {
		h.Proxy.EndSession(auth.Handle(id))
	}
	return err
}

// backChannelLogout ends sessions at the tenant's word (OpenID Connect
// Back-Channel Logout 1.0 section 2.5). It carries no cookie and no origin; the
// signature of the logout token is what counts.
func (h *Handlers) backChannelLogout(c *gin.Context) error {
	noStore(c)
	tokens := c.PostFormArray("logout_token")
	if len(tokens) != 1 {
		return fmt.Errorf("%w: %d logout tokens", auth.ErrInvalidRequest, len(tokens))
	}
	if err := h.Auth.BackChannelLogout(c.Request.Context(), tokens[0]); err != nil {
		return fmt.Errorf("back-channel logout: %w", err)
	}
	h.auditEnd(c, "", "", store.ActorTenant, "back-channel logout")
	c.Status(http.StatusOK)
	return nil
}
