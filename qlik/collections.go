package qlik

import (
	"context"
	"net/http"
	"net/url"
)

// favorites is the name the tenant accepts in place of the ID of a person's
// own collection of favourites.
const favorites = "favorites"

// Favorites lists the apps the person has marked, at most 100.
func (c *Client) Favorites(ctx context.Context, accessToken string) ([]Item, error) {
	page, err := c.Items(ctx, accessToken, ItemQuery{Collection: favorites})
	for i := range page.Items {
		page.Items[i].Favorite = true
	}
	return page.Items, err
}

// AddFavorite marks an item. Marking it twice is no error.
func (c *Client) AddFavorite(ctx context.Context, accessToken, itemID string) error {
	err := c.call(ctx, accessToken, http.MethodPost, "/api/v1/collections/"+favorites+"/items",
		nil, map[string]string{"id": itemID}, nil)
	if StatusOf(err) == http.StatusConflict {
		return nil
	}
	return err
}

// RemoveFavorite takes the mark off an item. A mark that is gone already is no
// error.
func (c *Client) RemoveFavorite(ctx context.Context, accessToken, itemID string) error {
	err := c.call(ctx, accessToken, http.MethodDelete,
		"/api/v1/collections/"+favorites+"/items/"+url.PathEscape(itemID), nil, nil, nil)
	if StatusOf(err) == http.StatusNotFound {
		return nil
	}
	return err
}
