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
	Links       map[string]link `json:"links"`
}

func (t *Tenant) newSpaceBody(s *space, who *person) spaceBody {
	roles, actions := []string{"consumer"}, []string{"read"}
	if s.owner == who || who.admin() {
		roles, actions = []string{"facilitator", "producer"}, []string{"read", "create", "update", "delete", "publish"}
	}
	base := t.url + "/api/v1/spaces/" + s.id
	return spaceBody{
		ID: s.id, Name: s.name, Type: s.kind, Description: s.description, OwnerID: s.owner.ID, TenantID: t.content.tenantID,
		CreatedAt: wireTime(s.created), CreatedBy: s.owner.ID, UpdatedAt: wireTime(s.updated),
		Meta:  map[string]any{"roles": roles, "actions": actions, "assignableRoles": []string{}},
		Links: map[string]link{"self": {base}, "assignments": {base + "/assignments"}},
	}
}

// spacesList answers GET /api/v1/spaces. The personal space has no record and is only
// in the meta of the list.
func (t *Tenant) spacesList(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
	q := r.URL.Query()
	var list []*space
	for _, s := range t.content.spaces {
		if who.canSeeSpace(s) &&
			(!q.Has("type") || slices.Contains(commaList(q.Get("type")), s.kind)) &&
			(!q.Has("ownerId") || q.Get("ownerId") == s.owner.ID) &&
			strings.Contains(strings.ToLower(s.name), strings.ToLower(q.Get("name"))) {
			list = append(list, s)
		}
	}
	if no := sortSpaces(list, q.Get("sort")); no != nil {
		return no
	}
	page, links, no := pageOf(t, r, list, 10)
	if no != nil {
		return no
	}
	data := make([]spaceBody, 0, len(page))
	for _, s := range page {
		data = append(data, t.newSpaceBody(s, who.person))
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"data": data, "links": links,
		"meta": map[string]any{"count": len(list), "personalSpace": map[string]any{"resourceType": "app", "actions": []string{"create"}}},
	})
	return nil
}

func sortSpaces(list []*space, sort string) *apiError {
	var order func(a, b *space) int
	switch strings.TrimLeft(sort, "+- ") {
	case "", "name":
		order = func(a, b *space) int { return cmp.Compare(strings.ToLower(a.name), strings.ToLower(b.name)) }
	case "createdAt":
		order = func(a, b *space) int { return a.created.Compare(b.created) }
	case "updatedAt":
		order = func(a, b *space) int { return a.updated.Compare(b.updated) }
	default:
		no := badRequest("sort must be one of name, createdAt, updatedAt, with + or -")
		return &no
	}
	slices.SortStableFunc(list, order)
	if strings.HasPrefix(sort, "-") {
		slices.Reverse(list)
	}
	return nil
}

func (t *Tenant) space(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
	s := t.content.spaceByID(who.person, r.PathValue("spaceId"))
	if s == nil {
		return &errNotFound
	}
	writeJSON(w, http.StatusOK, t.newSpaceBody(s, who.person))
	return nil
}
