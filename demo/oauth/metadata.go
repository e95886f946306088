package oauth

import (
	"net/http"

	"vitrine/demo/wire"
)

// authorizationServer answers /.well-known/oauth-authorization-server with the
// members the documentation shows, and no more: clients may rely on nothing else.
func (srv *Server) authorizationServer(w http.ResponseWriter, _ *http.Request) {
	if srv.Settings().NoMetadata {
		wire.Fail(w, wire.ErrNotFound)
		return
	}
	wire.WriteJSON(w, http.StatusOK, srv.metadata())
}

// openIDConfiguration exists only while OIDC is switched on: no real tenant is
// known to answer it.
func (srv *Server) openIDConfiguration(w http.ResponseWriter, _ *http.Request) {
	if !srv.Settings().OIDC {
		wire.Fail(w, wire.ErrNotFound)
		return
	}
	doc := srv.metadata()
	doc["scopes_supported"] = []string{"openid", "profile", "email", "offline_access", "user_default"}
	doc["subject_types_supported"] = []string{"public"}
	doc["id_token_signing_alg_values_supported"] = []string{"ES384"}
	doc["code_challenge_methods_supported"] = []string{"S256"}
	doc["token_endpoint_auth_methods_supported"] = []string{"client_secret_post", "client_secret_basic"}
	wire.WriteJSON(w, http.StatusOK, doc)
}

func (srv *Server) metadata() map[string]any {
	doc := map[string]any{
		"issuer":                   srv.issuer(),
		"authorization_endpoint":   srv.URL + "/oauth/authorize",
		"token_endpoint":           srv.URL + "/oauth/token",
		"revocation_endpoint":      srv.URL + "/oauth/revoke",
		"jwks_uri":                 srv.URL + "/.well-known/jwks.json",
		"grant_types_supported":    []string{"authorization_code", "refresh_token", "client_credentials"},
		"response_types_supported": []string{"code"},
	}
	if srv.Settings().IssuerParameter {
		doc["authorization_response_iss_parameter_supported"] = true
	}
	return doc
}

func (srv *Server) issuer() string {
	if srv.Settings().WrongIssuerMetadata {
		return "https://somebody-else.example"
	}
	return srv.URL
}
