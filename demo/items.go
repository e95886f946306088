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
	Self        link  `json:"self"`
	Open        link  `json:"open"`
	Thumbnail   *link `json:"thumbnail,omitempty"`
	Collections link  `json:"collections"`
}

type itemMeta struct {
	IsFavorited bool     `json:"isFavorited"`
	Actions     []string `json:"actions"`
	Tags        []string `json:"tags"`
	Collections []string `json:"collections"`
}

type itemList struct {
	Data  []item    `json:"data"`
	Links pageLinks `json:"links"`
}

func (t *Tenant) newItem(a *app, who *person, actions bool) item {
	base := t.url + "/api/v1/items/" + a.itemID
	it := item{
		ID: a.itemID, Name: a.name, Description: a.description, ResourceType: "app", ResourceSubType: a.subType, ResourceID: a.id,
		ResourceAttributes: map[string]any{
			"_resourcetype": "app", "id": a.id, "name": a.name, "description": a.description, "ownerId": a.owner.ID,
			"published": !a.published.IsZero(), "publishTime": wireTime(a.published), "lastReloadTime": wireTime(a.reloaded),
			"createdDate": wireTime(a.created), "modifiedDate": wireTime(a.modified), "hasSectionAccess": false, "thumbnail": "",
			"originAppId": "", "dynamicColor": "", "encrypted": true, "usage": usageOf(a), "spaceId": a.spaceID(),
		},
		ResourceCreatedAt: wireTime(a.created), ResourceUpdatedAt: wireTime(a.modified),
		ResourceReloadStatus: "ok", ResourceReloadEndTime: wireTime(a.reloaded),
		ResourceSize: map[string]int{"appFile": 512*1024 + int(hashOf(a.name)[10])*4096},
		OwnerID:      a.owner.ID, CreatorID: a.owner.ID, UpdaterID: a.owner.ID, SpaceID: a.spaceID(), TenantID: t.content.tenantID,
		CreatedAt: wireTime(a.created), UpdatedAt: wireTime(a.updated()),
		Links: itemLinks{Self: link{base}, Open: link{t.url + "/sense/app/" + a.id}, Collections: link{base + "/collections"}},
		Meta:  itemMeta{Actions: []string{}, Tags: []string{}, Collections: []string{}}, Actions: []string{}, CollectionIDs: []string{},
		ItemViews: map[string]int{"total": int(hashOf(a.name)[11]), "unique": int(hashOf(a.name)[11]) % 17},
	}
	// The link is there whether or not there is a picture behind it.
	it.Links.Thumbnail = &link{t.url + "/api/v1/apps/" + a.id + "/media/thumbnail"}
	if t.favourites.has(who, a) {
		it.IsFavorited, it.Meta.IsFavorited = true, true
		it.CollectionIDs = []string{favouritesID(who)}
	}
	if actions {
		it.Actions = actionsOn(a, who)
		it.Meta.Actions = it.Actions
	}
	return it
}

func actionsOn(a *app, who *person) []string {
	if a.owner == who || who.admin() && a.space != nil {
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
func (t *Tenant) items(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
	q := r.URL.Query()
	list, no := t.selectApps(who.person, q)
	if no != nil {
		return no
	}
	return t.writeItems(w, r, who.person, list, q)
}

func (t *Tenant) writeItems(w http.ResponseWriter, r *http.Request, who *person, list []*app, q url.Values) *apiError {
	page, links, no := pageOf(t, r, list, 10)
	if no != nil {
		return no
	}
	out := itemList{Data: make([]item, 0, len(page)), Links: links}
	for _, a := range page {
		out.Data = append(out.Data, t.newItem(a, who, q.Get("noActions") != "true"))
	}
	writeJSON(w, http.StatusOK, out)
	return nil
}

// item answers GET /api/v1/items/{itemId}. What somebody may not see is not there.
func (t *Tenant) item(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
	a := t.content.appByItemID(who.person, r.PathValue("itemId"))
	if a == nil {
		return &errNotFound
	}
	writeJSON(w, http.StatusOK, t.newItem(a, who.person, true))
	return nil
}
