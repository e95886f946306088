package oauth

import "net/http"

// Server is the tenant's authorization server.
type Server struct {
	*Guard
	keys     *keyring
	usedJWTs usedTokens
}

// NewServer returns an authorization server with a new signing key.
func NewServer(guard *Guard) (*Server, error) {
	keys, err := newKeyring()
	return &Server{Guard: guard, keys: keys}, err
}

// Register adds the routes.
func (srv *Server) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /.well-known/oauth-authorization-server", srv.authorizationServer)
	mux.HandleFunc("GET /.well-known/openid-configuration", srv.openIDConfiguration)
	mux.HandleFunc("GET /.well-known/jwks.json", srv.jwks)
	mux.HandleFunc("GET /oauth/authorize", srv.authorize)
	mux.HandleFunc("POST /oauth/token", srv.token)
	mux.HandleFunc("POST /oauth/revoke", srv.revoke)
	mux.HandleFunc("POST /login/jwt-session", srv.jwtSession)
	mux.HandleFunc("GET /api/v1/csrf-token", srv.CSRFToken)
}

// RotateKeys makes a new signing key, and keeps the one before it in the JWKS.
func (srv *Server) RotateKeys() error { return srv.keys.rotate() }
