package qlik

import (
	"context"
	"net/url"
)

// spacePages bounds how many pages of spaces are followed: 1,000 spaces.
const spacePages = 10

// Space is a place apps live in.
type Space struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Type        string `json:"type"` // shared, managed or data
	Description string `json:"description"`
	OwnerID     string `json:"ownerId"`
}

// Spaces lists the spaces the person may see, by name.
func (c *Client) Spaces(ctx context.Context, accessToken string) ([]Space, error) {
	var spaces []Space
	query := url.Values{"limit": {"100"}, "sort": {"+name"}}
	for range spacePages {
		var answer struct {
			Data  []Space `json:"data"`
			Links struct {
				Next struct{ Href string } `json:"next"`
			} `json:"links"`
		}
		if err := c.get(ctx, accessToken, "/api/v1/spaces", query, &answer); err != nil {
			return nil, err
		}
		spaces = append(spaces, answer.Data...)
		next, err := url.Parse(answer.Links.Next.Href)
		if err != nil || next.Query().Get("next") == "" {
			break
		}
		query.Set("next", next.Query().Get("next"))
	}
	return spaces, nil
}
