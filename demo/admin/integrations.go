package admin

import (
	"net/http"
	"net/url"

	"vitrine/demo/state"
	"vitrine/demo/wire"
)

// integrations serves /api/v1/web-integrations.
func (api *API) integrations() *wire.Resource[state.WebIntegration] {
	return &wire.Resource[state.WebIntegration]{
		Path: "/api/v1/web-integrations", Records: &api.Integrations,
		List: wire.List[state.WebIntegration]{Base: api.URL, Pager: wire.Neighbors[state.WebIntegration]},
		Filter: func(q url.Values) (func(state.WebIntegration) bool, error) {
			tenant := q.Get("tenantId")
			return func(i state.WebIntegration) bool { return tenant == "" || tenant == i.TenantID }, nil
		},
		Orders: map[string]func(a, b state.WebIntegration) int{
			"name":    wire.ByText(func(i state.WebIntegration) string { return i.Name }),
			"created": wire.ByText(func(i state.WebIntegration) string { return i.Created }),
		},
		Create: api.createIntegration,
		Patch: func(i *state.WebIntegration, ops []wire.PatchOp) error {
			changed, err := wire.Patched(*i, ops, "name", "validOrigins")
			if err != nil {
				return err
			}
			if problem := changed.Invalid(); problem != "" {
				return wire.BadRequest(problem)
			}
			changed.LastUpdated = state.Timestamp(api.Now())
			changed.ValidOrigins = append([]string{}, changed.ValidOrigins...)
			*i = changed
			return nil
		},
		Changed: api.auditChange("com.qlik.web-integration", "id"),
	}
}

func (api *API) createIntegration(w http.ResponseWriter, r *http.Request, caller *state.Caller) (any, error) {
	var in state.WebIntegration
	if err := wire.ReadJSON(w, r, &in); err != nil {
		return nil, err
	}
	if problem := in.Invalid(); problem != "" {
		return nil, wire.BadRequest(problem)
	}
	now := state.Timestamp(api.Now())
	in = state.WebIntegration{
		ID: state.RandomHex(12), Name: in.Name, ValidOrigins: append([]string{}, in.ValidOrigins...), TenantID: api.Content.TenantID,
		Created: now, CreatedBy: caller.ID, LastUpdated: now,
	}
	api.Integrations.Add(in)
	api.Audit("com.qlik.web-integration.created", caller.User, map[string]any{"id": in.ID, "name": in.Name})
	return struct {
		state.WebIntegration
		Links map[string]wire.Link `json:"links"`
	}{in, map[string]wire.Link{"self": {Href: api.URL + "/api/v1/web-integrations/" + in.ID}}}, nil
}
