package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
)

var errNoJWT = errors.New("JWT sign-in is not set up")

// jwt answers a signed-in person's own page with a token that signs them in at
// the tenant itself. It is the one answer that holds something of value, so it
// goes to scripts of our own origin only, and into no cache. A client that says
// nothing of where it asks from is no page of another site, or a browser so old
// that only the lack of CORS headers keeps the answer from one.
func (h *Handlers) jwt(c *gin.Context) error {
	noStore(c)
	site := c.GetHeader("Sec-Fetch-Site")
	origin := c.GetHeader("Origin")
	if site != "" && site != "same-origin" || origin != "" && !strings.EqualFold(origin, h.PublicURL) ||
		c.GetHeader("Sec-Fetch-Mode") == "navigate" {
		return errCrossOrigin
	}
	if h.JWT == nil {
		return errNoJWT
	}
	s := session(c)
	// Not what we remember from the sign-in: groups may have changed, and are
	// not kept.
	user, err := h.Qlik.Me(c.Request.Context(), s.Tokens.AccessToken)
	if err != nil {
		return fmt.Errorf("ask who the person is: %w", err)
	}
	token, err := h.JWT.Sign(user)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, gin.H{"body": token})
	return nil
}
