package demo

import (
	"net/http"
	"net/url"
)

// item is an app as the catalogue lists it.
type item struct {
	ID                       string         `json:"id"`
	Name                     string         `json:"name"`
	Description              string         `json:"description"`
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
	ThumbnailID              string         `json:"thumbnailId"`
	Links                    itemLinks      `json:"links"`
	Actions                  []string       `json:"actions"`
	CollectionIDs            []string       `json:"collectionIds"`
	IsFavorited              bool           `json:"isFavorited"`
	Meta                     itemMeta       `json:"meta"`
	OwnerID                  string         `json:"ownerId"`
	CreatorID                string         `json:"creatorId"`
	UpdaterID                string         `json:"updaterId"`
	SpaceID                  string         `json:"spaceId,omitempty"` // absent: personal
	TenantID                 string         `json:"tenantId"`
	CreatedAt                string         `json:"createdAt"`
	UpdatedAt                string         `json:"updatedAt"`
	ItemViews                map[string]int `json:"itemViews"`
}

type itemLinks struct {
	Self        Link  `json:"self"`
	Open        Link  `json:"open"`
	Thumbnail   *Link `json:"thumbnail,omitempty"`
	Collections Link  `json:"collections"`
}

type itemMeta struct {
	IsFavorited bool     `json:"isFavorited"`
	Actions     []string `json:"actions"`
	Tags        []string `json:"tags"`
	Collections []string `json:"collections"`
}

type itemList struct {
	Data  []item    `json:"data"`
	Links PageLinks `json:"links"`
}

func (api *restAPI) newItem(a *app, user *person, actions bool) item {
	base := api.URL + "/api/v1/items/" + a.itemID
	it := item{
		ID: a.itemID, Name: a.name, Description: a.description, ResourceType: "app", ResourceSubType: a.subType, ResourceID: a.id,
		ResourceAttributes: map[string]any{
			"_resourcetype": "app", "id": a.id, "name": a.name, "description": a.description, "ownerId": a.owner.ID,
			"published": !a.published.IsZero(), "publishTime": Timestamp(a.published), "lastReloadTime": Timestamp(a.reloaded),
			"createdDate": Timestamp(a.created), "modifiedDate": Timestamp(a.modified), "hasSectionAccess": false, "thumbnail": "",
			"originAppId": "", "dynamicColor": "", "encrypted": true, "usage": usageOf(a), "spaceId": a.spaceID(),
		},
		ResourceCreatedAt: Timestamp(a.created), ResourceUpdatedAt: Timestamp(a.modified),
		ResourceReloadStatus: "ok", ResourceReloadEndTime: Timestamp(a.reloaded),
		ResourceSize: map[string]int{"appFile": 512*1024 + int(HashOf(a.name)[10])*4096},
		OwnerID:      a.owner.ID, CreatorID: a.owner.ID, UpdaterID: a.owner.ID, SpaceID: a.spaceID(), TenantID: api.Content.tenantID,
		CreatedAt: Timestamp(a.created), UpdatedAt: Timestamp(a.updated()),
		Links: itemLinks{Self: Link{base}, Open: Link{api.URL + "/sense/app/" + a.id}, Collections: Link{base + "/collections"}},
		Meta:  itemMeta{Actions: []string{}, Tags: []string{}, Collections: []string{}}, Actions: []string{}, CollectionIDs: []string{},
		ItemViews: map[string]int{"total": int(HashOf(a.name)[11]), "unique": int(HashOf(a.name)[11]) % 17},
	}
	// The Link is there whether or not there is a picture behind it.
	it.Links.Thumbnail = &Link{api.URL + "/api/v1/apps/" + a.id + "/media/thumbnail"}
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

func actionsOn(a *app, user *person) []string {
	if a.owner == user || user.admin() && a.space != nil {
		return []string{"read", "open", "update", "delete", "reload", "duplicate"}
	}
	return []string{"read", "open"}
}

func usageOf(a *app) string {
	if a.subType == "dataflow-prep" {
		return "DATAFLOW_PREP"
	}
	return "ANALYTICS"
}

// items answers GET /api/v1/items.
func (api *restAPI) items(w http.ResponseWriter, r *http.Request, caller *Caller) error {
	q := r.URL.Query()
	list, err := api.selectApps(caller.person, q)
	if err != nil {
		return err
	}
	return api.writeItems(w, r, caller.person, list, q)
}

func (api *restAPI) writeItems(w http.ResponseWriter, r *http.Request, user *person, list []*app, q url.Values) error {
	page, links, err := Page(api.URL, r, list, 10)
	if err != nil {
		return err
	}
	out := itemList{Data: make([]item, 0, len(page)), Links: links}
	for _, a := range page {
		out.Data = append(out.Data, api.newItem(a, user, q.Get("noActions") != "true"))
	}
	writeJSON(w, http.StatusOK, out)
	return nil
}

// item answers GET /api/v1/items/{itemId}. What somebody may not see is not there.
func (api *restAPI) item(w http.ResponseWriter, r *http.Request, caller *Caller) error {
	a := api.Content.appByItemID(caller.person, r.PathValue("itemId"))
	if a == nil {
		return errNotFound
	}
	writeJSON(w, http.StatusOK, api.newItem(a, caller.person, true))
	return nil
}
