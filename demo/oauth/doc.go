// Package oauth authenticates clients and users: it is the tenant's authorization server
// and the guard of its APIs.
//
// A client reads metadata.go and the keys (keys.go), and sends the browser to
// authorize.go. The user signs in there with a cookie session (sessions.go,
// cookies.go) that package web or a signed JWT (jwt_session.go, jws.go) begins.
// The code goes to token.go, later refreshes to refresh.go, grants without a
// user to machine.go; id_token.go and logout_token.go sign what OpenID Connect
// adds. grants.go keeps all codes and tokens under a lock of its own; storage.go
// restores them after a restart. guard.go finds the caller of an API request,
// ratelimit.go counts it.
//
// A token is good because it is in the table of grants, not because of its
// signature: revocation works at once. Nothing secret is logged.
package oauth
