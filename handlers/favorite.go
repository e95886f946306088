package handlers

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"vitrine/auth"
	"vitrine/store"
)

// setFavorite marks an app, or takes the mark away: at the tenant first, which
// holds the truth, then in our copy.
func (h *Handlers) setFavorite(c *gin.Context) error {
	s := session(c)
	ctx, token, appID := c.Request.Context(), s.Tokens.AccessToken, c.Param("appId")
	on := c.PostForm("favorite")
	if on != "true" && on != "false" {
		return fmt.Errorf("%w: favorite is neither true nor false", errBadInput)
	}
	item, found, err := h.Qlik.ItemOfApp(ctx, token, appID)
	if err != nil {
		return fmt.Errorf("find item of app: %w", err)
	}
	if !found {
		return errAppNotFound
	}
	change := h.Qlik.AddFavorite
	if on == "false" {
		change = h.Qlik.RemoveFavorite
	}
	if err := change(ctx, token, item.ID); err != nil {
		return fmt.Errorf("change favourite: %w", err)
	}
	dbCtx, cancel := context.WithTimeout(ctx, databasePatience)
	defer cancel()
	err = h.DB.SetFavorite(dbCtx, s.User.ID, store.Favorite{AppID: appID, ItemID: item.ID, Name: item.Name}, on == "true", h.Now())
	if err != nil {
		h.log(c, "keep favourite", err)
	}
	noStore(c)
	if strings.HasPrefix(c.GetHeader("Accept"), "application/json") {
		c.JSON(http.StatusOK, gin.H{"favorite": on == "true"})
		return nil
	}
	c.Redirect(http.StatusSeeOther, auth.LocalPath(c.PostForm("return_to")))
	return nil
}
