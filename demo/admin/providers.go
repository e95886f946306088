package admin

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"vitrine/demo/state"
	"vitrine/demo/wire"
)

// identityProviders serves /api/v1/identity-providers. The sessions that a
// provider began outlive its removal.
func (api *API) identityProviders() *wire.Resource[state.Provider] {
	return &wire.Resource[state.Provider]{
		Path: "/api/v1/identity-providers", Records: &api.Providers,
		List: wire.List[state.Provider]{Base: api.URL, Pager: wire.Cursors[state.Provider](20)},
		Filter: func(q url.Values) (func(state.Provider) bool, error) {
			active := q.Get("active")
			return func(p state.Provider) bool { return active == "" || p.Active == strings.EqualFold(active, "true") }, nil
		},
		Create: func(w http.ResponseWriter, r *http.Request, caller *state.Caller) (any, error) {
			var p state.Provider
			if err := wire.ReadJSON(w, r, &p); err != nil {
				return nil, err
			}
			p, err := api.RegisterProvider(p)
			if err != nil {
				return nil, wire.BadRequest(err.Error())
			}
			api.Audit("com.qlik.identity-provider.created", caller.User, map[string]any{"id": p.ID, "issuer": p.Options.Issuer})
			return p, nil
		},
		Patch: func(p *state.Provider, ops []wire.PatchOp) error { // only the description can be changed
			changed, err := wire.Patched(*p, ops, "description")
			if err != nil {
				return err
			}
			if utf8.RuneCountInString(changed.Description) > 128 {
				return wire.BadRequest("description has at most 128 characters")
			}
			p.Description, p.LastUpdated = changed.Description, state.Timestamp(api.Now())
			return nil
		},
		Changed: api.auditChange("com.qlik.identity-provider", "id"),
	}
}
