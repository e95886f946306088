package admin

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"vitrine/demo/state"
	"vitrine/demo/wire"
)

// clientBody is a client as the registry answers it.
type clientBody struct {
	ClientID string `json:"clientId"`
	TenantID string `json:"tenantId"`
	state.ClientFields
	Secrets       []state.ClientSecret `json:"clientSecrets"`
	Connection    connectionConfig     `json:"connectionConfig"`
	CreatedByType string               `json:"createdByType"`
	CreatedAt     string               `json:"createdAt"`
	UpdatedAt     string               `json:"updatedAt"`
	PublishedAt   string               `json:"publishedAt,omitempty"`
	ClientSecret  string               `json:"clientSecret,omitempty"` // in the answer to its creation only
}

type connectionConfig struct {
	ConsentMethod  state.Consent `json:"consentMethod"`
	Status         string        `json:"status"`
	DeletedByOwner bool          `json:"deletedByOwner"`
}

func (api *API) newClientBody(c state.Client) clientBody {
	return clientBody{
		ClientID: c.ID, TenantID: api.Content.TenantID, ClientFields: c.WithoutNull(), Secrets: append([]state.ClientSecret{}, c.Secrets...),
		Connection: api.connectionOf(c), CreatedByType: "user",
		CreatedAt: state.Timestamp(c.Created), UpdatedAt: state.Timestamp(c.Updated), PublishedAt: state.Timestamp(c.Published),
	}
}

func (api *API) connectionOf(c state.Client) connectionConfig {
	if c.Disconnected {
		return connectionConfig{api.ConsentOf(c), "disconnected", true}
	}
	return connectionConfig{api.ConsentOf(c), "active", false}
}

// clients serves /api/v1/oauth-clients.
func (api *API) clients() *wire.Resource[state.Client] {
	return &wire.Resource[state.Client]{
		Path: "/api/v1/oauth-clients", Records: &api.Clients,
		List: wire.List[state.Client]{Base: api.URL, Pager: wire.Cursors[state.Client](20), Totals: true, Body: func(c state.Client) any { return api.newClientBody(c) }},
		Filter: func(q url.Values) (func(state.Client) bool, error) {
			match, err := wire.ParseFilter(q.Get("filter"), "clientId", "clientName", "appType", "tenantId", "createdByType")
			return func(c state.Client) bool {
				return match(func(name string) string {
					return map[string]string{"clientId": c.ID, "clientName": c.Name, "appType": c.AppType, "tenantId": api.Content.TenantID, "createdByType": "user"}[name]
				})
			}, err
		},
		Orders: map[string]func(a, b state.Client) int{
			"clientName": wire.ByText(func(c state.Client) string { return c.Name }),
			"createdAt":  func(a, b state.Client) int { return a.Created.Compare(b.Created) },
			"updatedAt":  func(a, b state.Client) int { return a.Updated.Compare(b.Updated) },
		},
		Create: api.createClient,
		Patch:  api.patchClient,
		Remove: func(r *http.Request, c state.Client) error {
			if r.Header.Get("qlik-confirm-delete") != c.ID {
				return wire.BadRequest("the header qlik-confirm-delete must repeat the ID of the client")
			}
			return nil
		},
		Changed: func(event, id string, caller *state.Caller) {
			if event == "deleted" { // its tokens die with it
				api.RevokeClient(id)
			}
			api.auditChange("com.qlik.oauth-client", "clientId")(event, id, caller)
		},
	}
}

// createClient answers POST /api/v1/oauth-clients. Its answer is the only one
// that holds the secret.
func (api *API) createClient(w http.ResponseWriter, r *http.Request, caller *state.Caller) (any, error) {
	var in struct {
		state.ClientFields
		Connection struct {
			ConsentMethod state.Consent `json:"consentMethod"`
		} `json:"connectionConfig"`
	}
	if err := wire.ReadJSON(w, r, &in); err != nil {
		return nil, err
	}
	problem := in.Invalid()
	if c := in.Connection.ConsentMethod; problem == "" && c != "" && c != state.ConsentTrusted {
		problem = "connectionConfig.consentMethod may only be trusted"
	}
	if problem != "" {
		return nil, wire.BadRequest(problem)
	}
	c := state.Client{
		ID: state.RandomHex(16), ClientFields: in.WithoutNull(), Consent: cmp.Or(in.Connection.ConsentMethod, state.ConsentRequired),
		Created: api.Now(), Updated: api.Now(), CreatedBy: caller.User,
	}
	secret := state.ClientSecret{}
	if !c.Public() {
		secret = c.NewSecret(caller.User, api.Now())
		c.Secrets = []state.ClientSecret{secret}
	}
	api.Clients.Add(c)
	api.Audit("com.qlik.oauth-client.created", caller.User, map[string]any{"clientId": c.ID, "clientName": c.Name})
	body := api.newClientBody(c)
	body.ClientSecret = secret.Value
	return body, nil
}

// patchClient changes what an admin may set.
func (api *API) patchClient(c *state.Client, ops []wire.PatchOp) error {
	fields, err := wire.Patched(c.ClientFields, ops, "allowedOrigins", "clientName", "clientUri", "description", "logoUri",
		"redirectUris", "allowedScopes", "allowedGrantTypes", "allowedAuthMethods")
	if err != nil {
		return err
	}
	if problem := addedProblem(c.ClientFields, fields); problem != "" {
		return wire.BadRequest(problem)
	}
	c.ClientFields, c.Updated = fields.WithoutNull(), api.Now()
	return nil
}

// addedProblem looks at what a change brings in. Redirect URIs that are there
// already pass: the program's own need not follow the console's rules.
func addedProblem(before, after state.ClientFields) string {
	checked := after
	checked.RedirectURIs = nil
	for _, uri := range after.RedirectURIs {
		if !slices.Contains(before.RedirectURIs, uri) {
			checked.RedirectURIs = append(checked.RedirectURIs, uri)
		}
	}
	if len(after.RedirectURIs) > state.MaxPerClient {
		checked.RedirectURIs = after.RedirectURIs
	}
	return checked.Invalid()
}
