package demo

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// identityProviders serves /api/v1/identity-providers. The sessions that a
// provider began outlive its removal.
func (api *adminAPI) identityProviders() *Resource[jwtProvider] {
	return &Resource[jwtProvider]{
		Path: "/api/v1/identity-providers", Base: api.URL, Records: &api.Providers, Page: Pages[jwtProvider](20),
		Filter: func(q url.Values) (func(jwtProvider) bool, error) {
			active := q.Get("active")
			return func(p jwtProvider) bool { return active == "" || p.Active == strings.EqualFold(active, "true") }, nil
		},
		Create: func(w http.ResponseWriter, r *http.Request, caller *Caller) (any, error) {
			var p jwtProvider
			if err := ReadJSON(w, r, &p); err != nil {
				return nil, err
			}
			p, err := api.registerProvider(p)
			if err != nil {
				return nil, badRequest(err.Error())
			}
			api.Audit("com.qlik.identity-provider.created", caller.person, map[string]any{"id": p.ID, "issuer": p.Options.Issuer})
			return p, nil
		},
		Patch: func(p *jwtProvider, ops []PatchOp) error { // only the description can be changed
			changed, err := Patched(*p, ops, "description")
			if err != nil {
				return err
			}
			if utf8.RuneCountInString(changed.Description) > 128 {
				return badRequest("description has at most 128 characters")
			}
			p.Description, p.LastUpdated = changed.Description, Timestamp(api.Now())
			return nil
		},
		Changed: api.auditChange("com.qlik.identity-provider", "id"),
	}
}
