package demo

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
)

// clientBody is a client as the registry answers it.
type clientBody struct {
	ClientID string `json:"clientId"`
	TenantID string `json:"tenantId"`
	clientFields
	Secrets       []clientSecret   `json:"clientSecrets"`
	Connection    connectionConfig `json:"connectionConfig"`
	CreatedByType string           `json:"createdByType"`
	CreatedAt     string           `json:"createdAt"`
	UpdatedAt     string           `json:"updatedAt"`
	PublishedAt   string           `json:"publishedAt,omitempty"`
	ClientSecret  string           `json:"clientSecret,omitempty"` // in the answer to its creation only
}

type connectionConfig struct {
	ConsentMethod  Consent `json:"consentMethod"`
	Status         string  `json:"status"`
	DeletedByOwner bool    `json:"deletedByOwner"`
}

func (api *adminAPI) newClientBody(c client) clientBody {
	return clientBody{
		ClientID: c.id, TenantID: api.Content.tenantID, clientFields: c.withoutNull(), Secrets: append([]clientSecret{}, c.secrets...),
		Connection: api.connectionOf(c), CreatedByType: "user",
		CreatedAt: Timestamp(c.created), UpdatedAt: Timestamp(c.updated), PublishedAt: Timestamp(c.published),
	}
}

func (api *adminAPI) connectionOf(c client) connectionConfig {
	if c.disconnected {
		return connectionConfig{api.consentOf(c), "disconnected", true}
	}
	return connectionConfig{api.consentOf(c), "active", false}
}

// clients serves /api/v1/oauth-clients.
func (api *adminAPI) clients() *Resource[client] {
	return &Resource[client]{
		Path: "/api/v1/oauth-clients", Base: api.URL, Records: &api.Clients, Page: Pages[client](20), Totals: true,
		Body: func(c client) any { return api.newClientBody(c) },
		Filter: func(q url.Values) (func(client) bool, error) {
			match, err := ParseFilter(q.Get("filter"), "clientId", "clientName", "appType", "tenantId", "createdByType")
			return func(c client) bool {
				return match(func(name string) string {
					return map[string]string{"clientId": c.id, "clientName": c.Name, "appType": c.AppType, "tenantId": api.Content.tenantID, "createdByType": "user"}[name]
				})
			}, err
		},
		Orders: map[string]func(a, b client) int{
			"clientName": ByText(func(c client) string { return c.Name }),
			"createdAt":  func(a, b client) int { return a.created.Compare(b.created) },
			"updatedAt":  func(a, b client) int { return a.updated.Compare(b.updated) },
		},
		Create: api.createClient,
		Patch:  api.patchClient,
		Remove: func(r *http.Request, c client) error {
			if r.Header.Get("qlik-confirm-delete") != c.id {
				return badRequest("the header qlik-confirm-delete must repeat the ID of the client")
			}
			return nil
		},
		Changed: func(event, id string, caller *Caller) {
			if event == "deleted" { // its tokens die with it
				api.RevokeClient(id)
			}
			api.auditChange("com.qlik.oauth-client", "clientId")(event, id, caller)
		},
	}
}

// createClient answers POST /api/v1/oauth-clients. Its answer is the only one
// that holds the secret.
func (api *adminAPI) createClient(w http.ResponseWriter, r *http.Request, caller *Caller) (any, error) {
	var in struct {
		clientFields
		Connection struct {
			ConsentMethod Consent `json:"consentMethod"`
		} `json:"connectionConfig"`
	}
	if err := ReadJSON(w, r, &in); err != nil {
		return nil, err
	}
	fault := in.fault()
	if c := in.Connection.ConsentMethod; fault == "" && c != "" && c != ConsentTrusted {
		fault = "connectionConfig.consentMethod may only be trusted"
	}
	if fault != "" {
		return nil, badRequest(fault)
	}
	c := client{
		id: RandomHex(16), clientFields: in.withoutNull(), consent: cmp.Or(in.Connection.ConsentMethod, ConsentRequired),
		created: api.Now(), updated: api.Now(), createdBy: caller.person,
	}
	secret := clientSecret{}
	if !c.public() {
		secret = c.newSecret(caller.person, api.Now())
		c.secrets = []clientSecret{secret}
	}
	api.Clients.Add(c)
	api.Audit("com.qlik.oauth-client.created", caller.person, map[string]any{"clientId": c.id, "clientName": c.Name})
	body := api.newClientBody(c)
	body.ClientSecret = secret.value
	return body, nil
}

// patchClient changes what an admin may set.
func (api *adminAPI) patchClient(c *client, ops []PatchOp) error {
	fields, err := Patched(c.clientFields, ops, "allowedOrigins", "clientName", "clientUri", "description", "logoUri",
		"redirectUris", "allowedScopes", "allowedGrantTypes", "allowedAuthMethods")
	if err != nil {
		return err
	}
	if fault := addedFault(c.clientFields, fields); fault != "" {
		return badRequest(fault)
	}
	c.clientFields, c.updated = fields.withoutNull(), api.Now()
	return nil
}

// addedFault looks at what a change brings in. Redirect URIs that are there
// already pass: the program's own need not follow the console's rules.
func addedFault(before, after clientFields) string {
	checked := after
	checked.RedirectURIs = nil
	for _, uri := range after.RedirectURIs {
		if !slices.Contains(before.RedirectURIs, uri) {
			checked.RedirectURIs = append(checked.RedirectURIs, uri)
		}
	}
	if len(after.RedirectURIs) > maxPerClient {
		checked.RedirectURIs = after.RedirectURIs
	}
	return checked.fault()
}
