package qlik

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Item is a catalogue entry of an app. Its ID is not the app's: favourites
// speak of items, the engine of apps.
type Item struct {
	ID          string
	AppID       string
	Name        string
	Description string
	SpaceID     string // empty in the personal space
	OwnerID     string
	Favorite    bool
	UpdatedAt   time.Time
	LastReload  time.Time // zero when never
	Thumbnail   string    // path on the tenant, or empty
}

// ItemQuery narrows the catalogue. The zero value lists all apps by name.
type ItemQuery struct {
	SpaceID    string // an ID, or "personal"
	Search     string // part of the name
	Sort       string // "+name", "-updatedAt", …; see GET /api/v1/items
	Limit      int    // 1 to 100; 0 means 100
	Cursor     string // Next of a former page
	Collection string // a collection's ID, or "favorites"
}

// ItemPage is one page of the catalogue. Next is empty on the last one.
type ItemPage struct {
	Items []Item
	Next  string
	Prev  string
}

// Items lists apps of the catalogue: only what the person may see, and only
// what is a dashboard (data preparation flows are apps to the tenant too).
func (c *Client) Items(ctx context.Context, accessToken string, q ItemQuery) (ItemPage, error) {
	path := "/api/v1/items"
	if q.Collection != "" {
		path = "/api/v1/collections/" + url.PathEscape(q.Collection) + "/items"
	}
	var answer struct {
		Data  []itemRecord `json:"data"`
		Links struct {
			Next struct{ Href string } `json:"next"`
			Prev struct{ Href string } `json:"prev"`
		} `json:"links"`
	}
	if err := c.get(ctx, accessToken, path, q.values(), &answer); err != nil {
		return ItemPage{}, err
	}
	page := ItemPage{Next: cursor(answer.Links.Next.Href, "next"), Prev: cursor(answer.Links.Prev.Href, "prev")}
	for _, record := range answer.Data {
		if record.isApp() {
			page.Items = append(page.Items, record.item(c))
		}
	}
	return page, nil
}

// ItemOfApp finds the catalogue entry of an app, which favourites need.
func (c *Client) ItemOfApp(ctx context.Context, accessToken, appID string) (item Item, found bool, err error) {
	var answer struct {
		Data []itemRecord `json:"data"`
	}
	query := url.Values{"resourceType": {"app"}, "resourceId": {appID}, "limit": {"1"}}
	if err := c.get(ctx, accessToken, "/api/v1/items", query, &answer); err != nil || len(answer.Data) == 0 {
		return Item{}, false, err
	}
	return answer.Data[0].item(c), true, nil
}

func (q ItemQuery) values() url.Values {
	v := url.Values{"resourceType": {"app"}, "limit": {"100"}, "noActions": {"true"}}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	if q.Limit > 0 {
		v.Set("limit", strconv.Itoa(min(q.Limit, 100)))
	}
	set("spaceId", q.SpaceID)
	set("name", q.Search)
	set("sort", q.Sort)
	if name, value, ok := strings.Cut(q.Cursor, ":"); ok && (name == "next" || name == "prev") {
		v.Set(name, value)
	}
	return v
}

// cursor takes the cursor out of a paging link, with its direction before it,
// so that a page can hand it back without knowing what is in it.
func cursor(href, name string) string {
	u, err := url.Parse(href)
	if err != nil {
		return ""
	}
	if value := u.Query().Get(name); value != "" {
		return name + ":" + value
	}
	return ""
}

type itemRecord struct {
	ID                 string `json:"id"`
	Name               string `json:"name"`
	Description        string `json:"description"`
	ResourceID         string `json:"resourceId"`
	ResourceType       string `json:"resourceType"`
	ResourceSubType    string `json:"resourceSubType"`
	ResourceAttributes struct {
		LastReloadTime string `json:"lastReloadTime"`
	} `json:"resourceAttributes"`
	SpaceID     string `json:"spaceId"`
	OwnerID     string `json:"ownerId"`
	IsFavorited bool   `json:"isFavorited"`
	Meta        struct {
		IsFavorited bool `json:"isFavorited"`
	} `json:"meta"`
	Links struct {
		Thumbnail struct{ Href string } `json:"thumbnail"`
	} `json:"links"`
	UpdatedAt string `json:"updatedAt"`
}

func (r itemRecord) isApp() bool {
	return r.ResourceType == "app" && r.ResourceID != "" && r.ResourceSubType != "dataflow-prep"
}

func (r itemRecord) item(c *Client) Item {
	return Item{
		ID: r.ID, AppID: r.ResourceID, Name: r.Name, Description: r.Description,
		SpaceID: r.SpaceID, OwnerID: r.OwnerID,
		Favorite:   r.IsFavorited || r.Meta.IsFavorited,
		UpdatedAt:  moment(r.UpdatedAt),
		LastReload: moment(r.ResourceAttributes.LastReloadTime),
		Thumbnail:  c.tenantPath(r.Links.Thumbnail.Href),
	}
}

// moment reads a time of the tenant, which is RFC 3339 or empty; anything else
// counts as unknown, because a page without a date beats no page.
func moment(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t
}
