package demo

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

type spaceBody struct {
	ID          string          `json:"id"`
	Name        string          `json:"name"`
	Type        string          `json:"type"`
	Description string          `json:"description"`
	OwnerID     string          `json:"ownerId"`
	TenantID    string          `json:"tenantId"`
	CreatedAt   string          `json:"createdAt"`
	CreatedBy   string          `json:"createdBy"`
	UpdatedAt   string          `json:"updatedAt"`
	Meta        map[string]any  `json:"meta"`
	Links       map[string]Link `json:"links"`
}

func (api *restAPI) newSpaceBody(s *space, user *person) spaceBody {
	roles, actions := []string{"consumer"}, []string{"read"}
	if s.owner == user || user.admin() {
		roles, actions = []string{"facilitator", "producer"}, []string{"read", "create", "update", "delete", "publish"}
	}
	base := api.URL + "/api/v1/spaces/" + s.id
	return spaceBody{
		ID: s.id, Name: s.name, Type: s.kind, Description: s.description, OwnerID: s.owner.ID, TenantID: api.Content.tenantID,
		CreatedAt: Timestamp(s.created), CreatedBy: s.owner.ID, UpdatedAt: Timestamp(s.updated),
		Meta:  map[string]any{"roles": roles, "actions": actions, "assignableRoles": []string{}},
		Links: map[string]Link{"self": {base}, "assignments": {base + "/assignments"}},
	}
}

// spacesList answers GET /api/v1/spaces. The personal space has no record and is only
// in the meta of the list.
func (api *restAPI) spacesList(w http.ResponseWriter, r *http.Request, caller *Caller) error {
	q := r.URL.Query()
	var list []*space
	for _, s := range api.Content.spaces {
		if caller.canSeeSpace(s) &&
			(!q.Has("type") || slices.Contains(commaList(q.Get("type")), s.kind)) &&
			(!q.Has("ownerId") || q.Get("ownerId") == s.owner.ID) &&
			strings.Contains(strings.ToLower(s.name), strings.ToLower(q.Get("name"))) {
			list = append(list, s)
		}
	}
	if err := sortSpaces(list, q.Get("sort")); err != nil {
		return err
	}
	page, links, err := Page(api.URL, r, list, 10)
	if err != nil {
		return err
	}
	data := make([]spaceBody, 0, len(page))
	for _, s := range page {
		data = append(data, api.newSpaceBody(s, caller.person))
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"data": data, "links": links,
		"meta": map[string]any{"count": len(list), "personalSpace": map[string]any{"resourceType": "app", "actions": []string{"create"}}},
	})
	return nil
}

func sortSpaces(list []*space, sort string) error {
	var order func(a, b *space) int
	switch strings.TrimLeft(sort, "+- ") {
	case "", "name":
		order = func(a, b *space) int { return cmp.Compare(strings.ToLower(a.name), strings.ToLower(b.name)) }
	case "createdAt":
		order = func(a, b *space) int { return a.created.Compare(b.created) }
	case "updatedAt":
		order = func(a, b *space) int { return a.updated.Compare(b.updated) }
	default:
		return badRequest("sort must be one of name, createdAt, updatedAt, with + or -")
	}
	slices.SortStableFunc(list, order)
	if strings.HasPrefix(sort, "-") {
		slices.Reverse(list)
	}
	return nil
}

func (api *restAPI) space(w http.ResponseWriter, r *http.Request, caller *Caller) error {
	s := api.Content.spaceByID(caller.person, r.PathValue("spaceId"))
	if s == nil {
		return errNotFound
	}
	writeJSON(w, http.StatusOK, api.newSpaceBody(s, caller.person))
	return nil
}
