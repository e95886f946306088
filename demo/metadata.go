package demo

import "net/http"

// authorizationServer answers /.well-known/oauth-authorization-server with the
// members the documentation shows, and no more: clients may rely on nothing else.
func (t *Tenant) authorizationServer(w http.ResponseWriter, _ *http.Request) {
	if t.config().NoMetadata {
		fail(w, errNotFound)
		return
	}
	writeJSON(w, http.StatusOK, t.metadata())
}

// openIDConfiguration exists only while OIDC is switched on: no real tenant is
// known to answer it.
func (t *Tenant) openIDConfiguration(w http.ResponseWriter, _ *http.Request) {
	if !t.config().OIDC {
		fail(w, errNotFound)
		return
	}
	doc := t.metadata()
	doc["scopes_supported"] = []string{"openid", "profile", "email", "offline_access", "user_default"}
	doc["subject_types_supported"] = []string{"public"}
	doc["id_token_signing_alg_values_supported"] = []string{"ES384"}
	doc["code_challenge_methods_supported"] = []string{"S256"}
	doc["token_endpoint_auth_methods_supported"] = []string{"client_secret_post", "client_secret_basic"}
	writeJSON(w, http.StatusOK, doc)
}

func (t *Tenant) metadata() map[string]any {
	doc := map[string]any{
		"issuer":                   t.issuer(),
		"authorization_endpoint":   t.url + "/oauth/authorize",
		"token_endpoint":           t.url + "/oauth/token",
		"revocation_endpoint":      t.url + "/oauth/revoke",
		"jwks_uri":                 t.url + "/.well-known/jwks.json",
		"grant_types_supported":    []string{"authorization_code", "refresh_token", "client_credentials"},
		"response_types_supported": []string{"code"},
	}
	if t.config().IssuerParameter {
		doc["authorization_response_iss_parameter_supported"] = true
	}
	return doc
}

func (t *Tenant) issuer() string {
	if t.config().WrongIssuerMetadata {
		return "https://somebody-else.example"
	}
	return t.url
}
