package demo

import (
	"net/http"
	"net/url"
)

// integrations serves /api/v1/web-integrations.
func (api *adminAPI) integrations() *Resource[webIntegration] {
	return &Resource[webIntegration]{
		Path: "/api/v1/web-integrations", Base: api.URL, Records: &api.Integrations, Page: PageBeside[webIntegration],
		Filter: func(q url.Values) (func(webIntegration) bool, error) {
			tenant := q.Get("tenantId")
			return func(i webIntegration) bool { return tenant == "" || tenant == i.TenantID }, nil
		},
		Orders: map[string]func(a, b webIntegration) int{
			"name":    ByText(func(i webIntegration) string { return i.Name }),
			"created": ByText(func(i webIntegration) string { return i.Created }),
		},
		Create: api.createIntegration,
		Patch: func(i *webIntegration, ops []PatchOp) error {
			changed, err := Patched(*i, ops, "name", "validOrigins")
			if err != nil {
				return err
			}
			if fault := changed.fault(); fault != "" {
				return badRequest(fault)
			}
			changed.LastUpdated = Timestamp(api.Now())
			changed.ValidOrigins = append([]string{}, changed.ValidOrigins...)
			*i = changed
			return nil
		},
		Changed: api.auditChange("com.qlik.web-integration", "id"),
	}
}

func (api *adminAPI) createIntegration(w http.ResponseWriter, r *http.Request, caller *Caller) (any, error) {
	var in webIntegration
	if err := ReadJSON(w, r, &in); err != nil {
		return nil, err
	}
	if fault := in.fault(); fault != "" {
		return nil, badRequest(fault)
	}
	now := Timestamp(api.Now())
	in = webIntegration{
		ID: RandomHex(12), Name: in.Name, ValidOrigins: append([]string{}, in.ValidOrigins...), TenantID: api.Content.tenantID,
		Created: now, CreatedBy: caller.ID, LastUpdated: now,
	}
	api.Integrations.Add(in)
	api.Audit("com.qlik.web-integration.created", caller.person, map[string]any{"id": in.ID, "name": in.Name})
	return struct {
		webIntegration
		Links map[string]Link `json:"links"`
	}{in, map[string]Link{"self": {api.URL + "/api/v1/web-integrations/" + in.ID}}}, nil
}
