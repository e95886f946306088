package demo

import (
	"net/http"
	"slices"
	"strings"
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

func (t *Tenant) clientRoutes(mux *http.ServeMux) {
	const path = "/api/v1/oauth-clients"
	handle := func(pattern string, tier int, endpoint apiFunc) {
		mux.HandleFunc(pattern, t.api(tier, adminOnly("", endpoint)))
	}
	handle("GET "+path, 1, t.clientList)
	handle("POST "+path, 2, t.createClient)
	handle("GET "+path+"/{id}", 1, t.readClient)
	handle("PATCH "+path+"/{id}", 2, t.patchClient)
	handle("DELETE "+path+"/{id}", 2, t.deleteClient)
	handle("POST "+path+"/{id}/actions/publish", 2, t.publishClient)
	handle("POST "+path+"/{id}/client-secrets", 2, t.addClientSecret)
	handle("DELETE "+path+"/{id}/client-secrets/{hint}", 2, t.removeClientSecret)
	handle("GET "+path+"/{id}/connection-configs/me", 1, t.connection)
	handle("PATCH "+path+"/{id}/connection-configs/me", 2, t.patchConnection)
	handle("DELETE "+path+"/{id}/connection-configs/me", 2, t.deleteConnection)
}

func (t *Tenant) newClientBody(c client) clientBody {
	return clientBody{
		ClientID: c.id, TenantID: t.content.tenantID, clientFields: c.withoutNull(), Secrets: append([]clientSecret{}, c.secrets...),
		Connection: t.connectionOf(c), CreatedByType: "user",
		CreatedAt: wireTime(c.created), UpdatedAt: wireTime(c.updated), PublishedAt: wireTime(c.published),
	}
}

func (t *Tenant) connectionOf(c client) connectionConfig {
	if c.disconnected {
		return connectionConfig{t.consentOf(c), "disconnected", true}
	}
	return connectionConfig{t.consentOf(c), "active", false}
}

// clientList answers GET /api/v1/oauth-clients.
func (t *Tenant) clientList(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	q := r.URL.Query()
	match, no := filterOf(q.Get("filter"), "clientId", "clientName", "appType", "tenantId", "createdByType")
	if no != nil {
		return no
	}
	list := []clientBody{}
	for _, c := range t.clients.all() {
		b := t.newClientBody(c)
		if match(func(name string) string {
			return map[string]string{"clientId": b.ClientID, "clientName": b.Name, "appType": b.AppType, "tenantId": b.TenantID, "createdByType": b.CreatedByType}[name]
		}) {
			list = append(list, b)
		}
	}
	if no := sorted(list, q.Get("sort"), map[string]func(a, b clientBody) int{
		"clientName": func(a, b clientBody) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) },
		"createdAt":  func(a, b clientBody) int { return strings.Compare(a.CreatedAt, b.CreatedAt) },
		"updatedAt":  func(a, b clientBody) int { return strings.Compare(a.UpdatedAt, b.UpdatedAt) },
	}); no != nil {
		return no
	}
	return writePageWithTotal(t, w, r, list)
}

// createClient answers POST /api/v1/oauth-clients. Its answer is the only one
// that holds the secret.
func (t *Tenant) createClient(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
	var in struct {
		clientFields
		Connection struct {
			ConsentMethod Consent `json:"consentMethod"`
		} `json:"connectionConfig"`
	}
	if no := readJSON(w, r, &in); no != nil {
		return no
	}
	fault := in.fault()
	if c := in.Connection.ConsentMethod; fault == "" && c != "" && c != ConsentTrusted {
		fault = "connectionConfig.consentMethod may only be trusted"
	}
	if fault != "" {
		no := badRequest(fault)
		return &no
	}
	orDefault(&in.Connection.ConsentMethod, ConsentRequired)
	c := client{
		id: randomHex(16), clientFields: in.withoutNull(), consent: in.Connection.ConsentMethod,
		created: t.now(), updated: t.now(), createdBy: who.person,
	}
	secret := clientSecret{}
	if !c.public() {
		secret = c.newSecret(who.person, t.now())
		c.secrets = []clientSecret{secret}
	}
	t.clients.add(c)
	t.audit("com.qlik.oauth-client.created", who.person, map[string]any{"clientId": c.id, "clientName": c.Name})
	body := t.newClientBody(c)
	body.ClientSecret = secret.value
	writeJSON(w, http.StatusCreated, body)
	return nil
}

func (t *Tenant) readClient(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	c, found := t.clients.find(r.PathValue("id"))
	if !found {
		return &errNotFound
	}
	writeJSON(w, http.StatusOK, t.newClientBody(c))
	return nil
}

// patchClient answers PATCH /api/v1/oauth-clients/{id}: all operations or none.
func (t *Tenant) patchClient(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
	ops, no := readPatch(w, r)
	if no != nil {
		return no
	}
	return t.changeClient(w, r, who, func(c *client) *apiError {
		fields, no := patched(c.clientFields, ops, "allowedOrigins", "clientName", "clientUri", "description", "logoUri",
			"redirectUris", "allowedScopes", "allowedGrantTypes", "allowedAuthMethods")
		if no != nil {
			return no
		}
		if fault := addedFault(c.clientFields, fields); fault != "" {
			no := badRequest(fault)
			return &no
		}
		c.clientFields = fields.withoutNull()
		return nil
	})
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

// changeClient alters a client and answers 204.
func (t *Tenant) changeClient(w http.ResponseWriter, r *http.Request, who *caller, alter func(*client) *apiError) *apiError {
	now := t.now()
	no := t.clients.change(r.PathValue("id"), func(c *client) *apiError {
		c.updated = now
		return alter(c)
	})
	if no != nil {
		return no
	}
	t.audit("com.qlik.oauth-client.updated", who.person, map[string]any{"clientId": r.PathValue("id")})
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// deleteClient answers DELETE /api/v1/oauth-clients/{id}. Its tokens die with it.
func (t *Tenant) deleteClient(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
	id := r.PathValue("id")
	if _, found := t.clients.find(id); !found {
		return &errNotFound
	}
	if r.Header.Get("qlik-confirm-delete") != id {
		no := badRequest("the header qlik-confirm-delete must repeat the ID of the client")
		return &no
	}
	t.clients.remove(id)
	t.grants.revokeClient(id)
	t.closeDeadSockets()
	t.audit("com.qlik.oauth-client.deleted", who.person, map[string]any{"clientId": id})
	w.WriteHeader(http.StatusNoContent)
	return nil
}
