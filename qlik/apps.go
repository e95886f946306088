package qlik

import (
	"context"
	"fmt"
	"net/url"
	"time"
)

// App is an analytics document (GET /api/v1/apps/{id}).
type App struct {
	ID          string
	Name        string
	Description string
	SpaceID     string // empty in the personal space, or where the tenant does not say
	OwnerID     string
	Thumbnail   string // path on the tenant, or empty
	LastReload  time.Time
	Modified    time.Time
	Published   time.Time // zero when it was not published
}

// App returns one app. An app that does not exist, or that the person may not
// see, is an [*Error] with status 404 or 403.
func (c *Client) App(ctx context.Context, accessToken, id string) (App, error) {
	var answer struct {
		Attributes struct {
			ID             string `json:"id"`
			Name           string `json:"name"`
			Description    string `json:"description"`
			SpaceID        string `json:"spaceId"`
			OwnerID        string `json:"ownerId"`
			Thumbnail      string `json:"thumbnail"`
			LastReloadTime string `json:"lastReloadTime"`
			ModifiedDate   string `json:"modifiedDate"`
			PublishTime    string `json:"publishTime"`
		} `json:"attributes"`
	}
	if err := c.get(ctx, accessToken, "/api/v1/apps/"+url.PathEscape(id), nil, &answer); err != nil {
		return App{}, err
	}
	a := answer.Attributes
	if a.ID == "" {
		return App{}, fmt.Errorf("%w: the app's answer named no app", ErrUnreachable)
	}
	return App{
		ID: a.ID, Name: a.Name, Description: a.Description, SpaceID: a.SpaceID, OwnerID: a.OwnerID,
		Thumbnail: c.tenantPath(a.Thumbnail), LastReload: moment(a.LastReloadTime),
		Modified: moment(a.ModifiedDate), Published: moment(a.PublishTime),
	}, nil
}
