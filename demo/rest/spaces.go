package rest

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"vitrine/demo/state"
	"vitrine/demo/wire"
)

type spaceBody struct {
	ID          string               `json:"id"`
	Name        string               `json:"name"`
	Type        string               `json:"type"`
	Description string               `json:"description"`
	OwnerID     string               `json:"ownerId"`
	TenantID    string               `json:"tenantId"`
	CreatedAt   string               `json:"createdAt"`
	CreatedBy   string               `json:"createdBy"`
	UpdatedAt   string               `json:"updatedAt"`
	Meta        map[string]any       `json:"meta"`
	Links       map[string]wire.Link `json:"links"`
}

func (api *API) newSpaceBody(s *state.Space, user *state.User) spaceBody {
	roles, actions := []string{"consumer"}, []string{"read"}
	if s.Owner == user || user.Admin() {
		roles, actions = []string{"facilitator", "producer"}, []string{"read", "create", "update", "delete", "publish"}
	}
	base := api.URL + "/api/v1/spaces/" + s.ID
	return spaceBody{
		ID: s.ID, Name: s.Name, Type: s.Kind, Description: s.Description, OwnerID: s.Owner.ID, TenantID: api.Content.TenantID,
		CreatedAt: state.Timestamp(s.Created), CreatedBy: s.Owner.ID, UpdatedAt: state.Timestamp(s.Updated),
		Meta:  map[string]any{"roles": roles, "actions": actions, "assignableRoles": []string{}},
		Links: map[string]wire.Link{"self": {Href: base}, "assignments": {Href: base + "/assignments"}},
	}
}

// spacesList answers GET /api/v1/spaces. The personal space has no record and is only
// in the meta of the list.
func (api *API) spacesList(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	q := r.URL.Query()
	var list []*state.Space
	for _, s := range api.Content.Spaces {
		if caller.CanSeeSpace(s) &&
			(!q.Has("type") || slices.Contains(commaList(q.Get("type")), s.Kind)) &&
			(!q.Has("ownerId") || q.Get("ownerId") == s.Owner.ID) &&
			strings.Contains(strings.ToLower(s.Name), strings.ToLower(q.Get("name"))) {
			list = append(list, s)
		}
	}
	if err := wire.Sort(list, cmp.Or(q.Get("sort"), "name"), map[string]func(a, b *state.Space) int{
		"name":      wire.ByText(func(s *state.Space) string { return s.Name }),
		"createdAt": func(a, b *state.Space) int { return a.Created.Compare(b.Created) },
		"updatedAt": func(a, b *state.Space) int { return a.Updated.Compare(b.Updated) },
	}); err != nil {
		return err
	}
	return wire.List[*state.Space]{
		Base: api.URL, Pager: wire.Cursors[*state.Space](10), Body: func(s *state.Space) any { return api.newSpaceBody(s, caller.User) },
		Meta: map[string]any{"count": len(list), "personalSpace": map[string]any{"resourceType": "app", "actions": []string{"create"}}},
	}.Write(w, r, list)
}

func (api *API) space(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	s := api.Content.SpaceByID(caller.User, r.PathValue("spaceId"))
	if s == nil {
		return wire.ErrNotFound
	}
	wire.WriteJSON(w, http.StatusOK, api.newSpaceBody(s, caller.User))
	return nil
}
