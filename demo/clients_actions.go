package demo

import (
	"net/http"
	"slices"
)

// publishClient answers POST …/actions/publish. Other tenants are not part of
// the stand-in, so it only leaves its mark.
func (api *adminAPI) publishClient(w http.ResponseWriter, r *http.Request, _ *Caller) error {
	now := api.Now()
	err := api.Clients.Change(r.PathValue("id"), func(c *client) error {
		c.published, c.updated = now, now
		return nil
	})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, map[string]string{"publishedAt": Timestamp(now)})
	return nil
}

// addClientSecret answers POST …/client-secrets. Two secrets at a time are how
// one is exchanged without an interruption.
func (api *adminAPI) addClientSecret(w http.ResponseWriter, r *http.Request, caller *Caller) error {
	var secret clientSecret
	now := api.Now()
	err := api.Clients.Change(r.PathValue("id"), func(c *client) error {
		switch {
		case c.public():
			return badRequest("only web clients have secrets")
		case len(c.secrets) >= maxPerClient:
			return conflict("the max number of client secrets is 5")
		}
		secret = c.newSecret(caller.person, now)
		c.secrets = append(slices.Clone(c.secrets), secret)
		c.updated = now
		return nil
	})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, map[string]string{
		"clientId": r.PathValue("id"), "clientSecret": secret.value, "hint": secret.Hint, "createdAt": secret.CreatedAt, "createdBy": secret.CreatedBy,
	})
	return nil
}

// removeClientSecret answers DELETE …/client-secrets/{hint}.
func (api *adminAPI) removeClientSecret(w http.ResponseWriter, r *http.Request, caller *Caller) error {
	return api.clients().Change(w, r, caller, func(c *client) error {
		c.updated = api.Now()
		i := slices.IndexFunc(c.secrets, func(s clientSecret) bool { return s.Hint == r.PathValue("hint") })
		if i < 0 {
			return errNotFound
		}
		c.secrets = slices.Delete(slices.Clone(c.secrets), i, i+1)
		return nil
	})
}

// connection answers GET …/connection-configs/me: how this tenant deals with
// the client.
func (api *adminAPI) connection(w http.ResponseWriter, r *http.Request, _ *Caller) error {
	c, found := api.Clients.Find(r.PathValue("id"))
	if !found {
		return errNotFound
	}
	writeJSON(w, http.StatusOK, api.connectionOf(c))
	return nil
}

// patchConnection answers PATCH …/connection-configs/me: the consent method.
func (api *adminAPI) patchConnection(w http.ResponseWriter, r *http.Request, caller *Caller) error {
	ops, err := ReadPatch(w, r)
	if err != nil {
		return err
	}
	var config connectionConfig
	err = api.clients().Change(w, r, caller, func(c *client) error {
		c.updated = api.Now()
		if config, err = Patched(api.connectionOf(*c), ops, "consentMethod"); err != nil {
			return err
		}
		if config.ConsentMethod != ConsentRequired && config.ConsentMethod != ConsentTrusted {
			return badRequest("consentMethod must be required or trusted")
		}
		c.consent, c.disconnected = config.ConsentMethod, false
		return nil
	})
	if err == nil && r.PathValue("id") == api.ClientID {
		api.Configure(func(s *Settings) { s.Consent = config.ConsentMethod })
	}
	return err
}

// deleteConnection answers DELETE …/connection-configs/me: the tenant wants no
// more of the client, which stays in the registry of its owner.
func (api *adminAPI) deleteConnection(w http.ResponseWriter, r *http.Request, caller *Caller) error {
	err := api.clients().Change(w, r, caller, func(c *client) error {
		c.updated = api.Now()
		c.disconnected = true
		return nil
	})
	if err == nil {
		api.RevokeClient(r.PathValue("id"))
	}
	return err
}
