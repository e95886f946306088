package demo

import (
	"net/http"
	"slices"
)

// publishClient answers POST …/actions/publish. Other tenants are not part of
// the stand-in, so it only leaves its mark.
func (t *Tenant) publishClient(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	now := t.now()
	no := t.clients.change(r.PathValue("id"), func(c *client) *apiError {
		c.published, c.updated = now, now
		return nil
	})
	if no != nil {
		return no
	}
	writeJSON(w, http.StatusCreated, map[string]string{"publishedAt": wireTime(now)})
	return nil
}

// addClientSecret answers POST …/client-secrets. Two secrets at a time are how
// one is exchanged without an interruption.
func (t *Tenant) addClientSecret(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
	var secret clientSecret
	now := t.now()
	no := t.clients.change(r.PathValue("id"), func(c *client) *apiError {
		switch {
		case c.public():
			no := badRequest("only web clients have secrets")
			return &no
		case len(c.secrets) >= maxPerClient:
			return &apiError{status: http.StatusConflict, code: "HTTP-409", title: "Conflict", detail: "the max number of client secrets is 5"}
		}
		secret = c.newSecret(who.person, now)
		c.secrets = append(slices.Clone(c.secrets), secret)
		c.updated = now
		return nil
	})
	if no != nil {
		return no
	}
	writeJSON(w, http.StatusCreated, map[string]string{
		"clientId": r.PathValue("id"), "clientSecret": secret.value, "hint": secret.Hint, "createdAt": secret.CreatedAt, "createdBy": secret.CreatedBy,
	})
	return nil
}

// removeClientSecret answers DELETE …/client-secrets/{hint}.
func (t *Tenant) removeClientSecret(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
	return t.changeClient(w, r, who, func(c *client) *apiError {
		i := slices.IndexFunc(c.secrets, func(s clientSecret) bool { return s.Hint == r.PathValue("hint") })
		if i < 0 {
			return &errNotFound
		}
		c.secrets = slices.Delete(slices.Clone(c.secrets), i, i+1)
		return nil
	})
}

// connection answers GET …/connection-configs/me: how this tenant deals with
// the client.
func (t *Tenant) connection(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	c, found := t.clients.find(r.PathValue("id"))
	if !found {
		return &errNotFound
	}
	writeJSON(w, http.StatusOK, t.connectionOf(c))
	return nil
}

// patchConnection answers PATCH …/connection-configs/me: the consent method.
func (t *Tenant) patchConnection(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
	ops, no := readPatch(w, r)
	if no != nil {
		return no
	}
	var config connectionConfig
	no = t.changeClient(w, r, who, func(c *client) *apiError {
		if config, no = patched(t.connectionOf(*c), ops, "consentMethod"); no != nil {
			return no
		}
		if config.ConsentMethod != ConsentRequired && config.ConsentMethod != ConsentTrusted {
			no := badRequest("consentMethod must be required or trusted")
			return &no
		}
		c.consent, c.disconnected = config.ConsentMethod, false
		return nil
	})
	if no == nil && r.PathValue("id") == t.clientID {
		t.Configure(func(s *Settings) { s.Consent = config.ConsentMethod })
	}
	return no
}

// deleteConnection answers DELETE …/connection-configs/me: the tenant wants no
// more of the client, which stays in the registry of its owner.
func (t *Tenant) deleteConnection(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
	no := t.changeClient(w, r, who, func(c *client) *apiError {
		c.disconnected = true
		return nil
	})
	if no == nil {
		t.grants.revokeClient(r.PathValue("id"))
		t.closeDeadSockets()
	}
	return no
}
