package admin

import (
	"net/http"
	"slices"

	"vitrine/demo/state"
	"vitrine/demo/wire"
)

// publishClient answers POST …/actions/publish. Other tenants are not part of
// the stand-in, so it only leaves its mark.
func (api *API) publishClient(w http.ResponseWriter, r *http.Request, _ *state.Caller) error {
	now := api.Now()
	err := api.Clients.Change(r.PathValue("id"), func(c *state.Client) error {
		c.Published, c.Updated = now, now
		return nil
	})
	if err != nil {
		return err
	}
	wire.WriteJSON(w, http.StatusCreated, map[string]string{"publishedAt": state.Timestamp(now)})
	return nil
}

// addClientSecret answers POST …/client-secrets. Two secrets at a time are how
// one is exchanged without an interruption.
func (api *API) addClientSecret(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	var secret state.ClientSecret
	now := api.Now()
	err := api.Clients.Change(r.PathValue("id"), func(c *state.Client) error {
		switch {
		case c.Public():
			return wire.BadRequest("only web clients have secrets")
		case len(c.Secrets) >= state.MaxPerClient:
			return wire.Conflict("the max number of client secrets is 5")
		}
		secret = c.NewSecret(caller.User, now)
		c.Secrets = append(slices.Clone(c.Secrets), secret)
		c.Updated = now
		return nil
	})
	if err != nil {
		return err
	}
	wire.WriteJSON(w, http.StatusCreated, map[string]string{
		"clientId": r.PathValue("id"), "clientSecret": secret.Value, "hint": secret.Hint, "createdAt": secret.CreatedAt, "createdBy": secret.CreatedBy,
	})
	return nil
}

// removeClientSecret answers DELETE …/client-secrets/{hint}.
func (api *API) removeClientSecret(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	return api.changeClient(w, r, caller, func(c *state.Client) error {
		i := slices.IndexFunc(c.Secrets, func(s state.ClientSecret) bool { return s.Hint == r.PathValue("hint") })
		if i < 0 {
			return wire.ErrNotFound
		}
		c.Secrets = slices.Delete(slices.Clone(c.Secrets), i, i+1)
		return nil
	})
}

// connection answers GET …/connection-configs/me: how this tenant deals with
// the client.
func (api *API) connection(w http.ResponseWriter, r *http.Request, _ *state.Caller) error {
	c, found := api.Clients.Find(r.PathValue("id"))
	if !found {
		return wire.ErrNotFound
	}
	wire.WriteJSON(w, http.StatusOK, api.connectionOf(c))
	return nil
}

// patchConnection answers PATCH …/connection-configs/me: the consent method.
func (api *API) patchConnection(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	ops, err := wire.ReadPatch(w, r)
	if err != nil {
		return err
	}
	var config connectionConfig
	err = api.changeClient(w, r, caller, func(c *state.Client) error {
		if config, err = wire.Patched(api.connectionOf(*c), ops, "consentMethod"); err != nil {
			return err
		}
		if config.ConsentMethod != state.ConsentRequired && config.ConsentMethod != state.ConsentTrusted {
			return wire.BadRequest("consentMethod must be required or trusted")
		}
		c.Consent, c.Disconnected = config.ConsentMethod, false
		return nil
	})
	if err == nil && r.PathValue("id") == api.ClientID {
		api.Configure(func(s *state.Settings) { s.Consent = config.ConsentMethod })
	}
	return err
}

// deleteConnection answers DELETE …/connection-configs/me: the tenant wants no
// more of the client, which stays in the registry of its owner.
func (api *API) deleteConnection(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	err := api.changeClient(w, r, caller, func(c *state.Client) error {
		c.Disconnected = true
		return nil
	})
	if err == nil {
		api.RevokeClient(r.PathValue("id"))
	}
	return err
}

func (api *API) changeClient(w http.ResponseWriter, r *http.Request, caller *state.Caller, alter func(*state.Client) error) error {
	return api.clients().Change(w, r, caller, func(c *state.Client) error {
		c.Updated = api.Now()
		return alter(c)
	})
}
