package qlik

import (
	"context"
	"net/url"
)

// Assistant is one of Qlik's AI assistants. Not every tenant has any.
type Assistant struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Assistants lists those the person may talk to (GET /api/v1/assistants). A
// tenant without them, or without the right to them, has none: no error.
func (c *Client) Assistants(ctx context.Context, accessToken string) ([]Assistant, error) {
	var page struct {
		Data []Assistant `json:"data"`
	}
	err := c.get(ctx, accessToken, "/api/v1/assistants", url.Values{"limit": {"20"}}, &page)
	switch StatusOf(err) {
	case 403, 404:
		return nil, nil
	}
	return page.Data, err
}

// Assistant returns one of them.
func (c *Client) Assistant(ctx context.Context, accessToken, id string) (Assistant, error) {
	var a Assistant
	err := c.get(ctx, accessToken, "/api/v1/assistants/"+url.PathEscape(id), nil, &a)
	return a, err
}
