package rest

import (
	"net/http"
	"net/url"

	"vitrine/demo/state"
	"vitrine/demo/wire"
)

// itemResource is the app behind an item.
type itemResource struct {
	ResourceType             string         `json:"resourceType"`
	ResourceSubType          string         `json:"resourceSubType,omitempty"`
	ResourceID               string         `json:"resourceId"`
	ResourceAttributes       map[string]any `json:"resourceAttributes"`
	ResourceCustomAttributes any            `json:"resourceCustomAttributes"` // null, as mostly seen
	ResourceCreatedAt        string         `json:"resourceCreatedAt"`
	ResourceUpdatedAt        string         `json:"resourceUpdatedAt"`
	ResourceReloadStatus     string         `json:"resourceReloadStatus"`
	ResourceReloadEndTime    string         `json:"resourceReloadEndTime"`
	ResourceSize             map[string]int `json:"resourceSize"`
}

// item is an app as the catalogue lists it.
type item struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	itemResource
	ThumbnailID   string         `json:"thumbnailId"`
	Links         itemLinks      `json:"links"`
	Actions       []string       `json:"actions"`
	CollectionIDs []string       `json:"collectionIds"`
	IsFavorited   bool           `json:"isFavorited"`
	Meta          itemMeta       `json:"meta"`
	OwnerID       string         `json:"ownerId"`
	CreatorID     string         `json:"creatorId"`
	UpdaterID     string         `json:"updaterId"`
	SpaceID       string         `json:"spaceId,omitempty"` // absent: personal
	TenantID      string         `json:"tenantId"`
	CreatedAt     string         `json:"createdAt"`
	UpdatedAt     string         `json:"updatedAt"`
	ItemViews     map[string]int `json:"itemViews"`
}

type itemLinks struct {
	Self        wire.Link  `json:"self"`
	Open        wire.Link  `json:"open"`
	Thumbnail   *wire.Link `json:"thumbnail,omitempty"`
	Collections wire.Link  `json:"collections"`
}

type itemMeta struct {
	IsFavorited bool     `json:"isFavorited"`
	Actions     []string `json:"actions"`
	Tags        []string `json:"tags"`
	Collections []string `json:"collections"`
}

func (api *API) newItem(a *state.App, user *state.User, actions bool) item {
	base := api.URL + "/api/v1/items/" + a.ItemID
	it := item{
		ID: a.ItemID, Name: a.Name, Description: a.Description,
		itemResource: itemResource{
			ResourceType: "app", ResourceSubType: a.SubType, ResourceID: a.ID,
			ResourceAttributes: map[string]any{
				"_resourcetype": "app", "id": a.ID, "name": a.Name, "description": a.Description, "ownerId": a.Owner.ID,
				"published": !a.Published.IsZero(), "publishTime": state.Timestamp(a.Published), "lastReloadTime": state.Timestamp(a.Reloaded),
				"createdDate": state.Timestamp(a.Created), "modifiedDate": state.Timestamp(a.Modified), "hasSectionAccess": false, "thumbnail": "",
				"originAppId": "", "dynamicColor": "", "encrypted": true, "usage": usageOf(a), "spaceId": a.SpaceID(),
			},
			ResourceCreatedAt: state.Timestamp(a.Created), ResourceUpdatedAt: state.Timestamp(a.Modified),
			ResourceReloadStatus: "ok", ResourceReloadEndTime: state.Timestamp(a.Reloaded),
			ResourceSize: map[string]int{"appFile": 512*1024 + int(state.HashOf(a.Name)[10])*4096},
		},
		OwnerID: a.Owner.ID, CreatorID: a.Owner.ID, UpdaterID: a.Owner.ID, SpaceID: a.SpaceID(), TenantID: api.Content.TenantID,
		CreatedAt: state.Timestamp(a.Created), UpdatedAt: state.Timestamp(a.Updated()),
		Links: itemLinks{Self: wire.Link{Href: base}, Open: wire.Link{Href: api.URL + "/sense/app/" + a.ID}, Collections: wire.Link{Href: base + "/collections"}},
		Meta:  itemMeta{Actions: []string{}, Tags: []string{}, Collections: []string{}}, Actions: []string{}, CollectionIDs: []string{},
		ItemViews: map[string]int{"total": int(state.HashOf(a.Name)[11]), "unique": int(state.HashOf(a.Name)[11]) % 17},
	}
	// The Link is there whether or not there is a picture behind it.
	it.Links.Thumbnail = &wire.Link{Href: api.URL + "/api/v1/apps/" + a.ID + "/media/thumbnail"}
	if api.Favorites.Has(user, a) {
		it.IsFavorited, it.Meta.IsFavorited = true, true
		it.CollectionIDs = []string{favoritesID(user)}
	}
	if actions {
		it.Actions = actionsOn(a, user)
		it.Meta.Actions = it.Actions
	}
	return it
}

func actionsOn(a *state.App, user *state.User) []string {
	if a.Owner == user || user.Admin() && a.Space != nil {
		return []string{"read", "open", "update", "delete", "reload", "duplicate"}
	}
	return []string{"read", "open"}
}

func usageOf(a *state.App) string {
	if a.SubType == "dataflow-prep" {
		return "DATAFLOW_PREP"
	}
	return "ANALYTICS"
}

// items answers GET /api/v1/items.
func (api *API) items(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	q := r.URL.Query()
	list, err := api.selectApps(caller.User, q)
	if err != nil {
		return err
	}
	return api.writeItems(w, r, caller.User, list, q)
}

func (api *API) writeItems(w http.ResponseWriter, r *http.Request, user *state.User, list []*state.App, q url.Values) error {
	return wire.List[*state.App]{Base: api.URL, Pager: wire.Cursors[*state.App](10), Body: func(a *state.App) any {
		return api.newItem(a, user, q.Get("noActions") != "true")
	}}.Write(w, r, list)
}

// item answers GET /api/v1/items/{itemId}. An item that the user may not see is not found.
func (api *API) item(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	a := api.Content.AppByItemID(caller.User, r.PathValue("itemId"))
	if a == nil {
		return wire.ErrNotFound
	}
	wire.WriteJSON(w, http.StatusOK, api.newItem(a, caller.User, true))
	return nil
}
