// Package proxy relays the tenant's REST and WebSocket API under our own
// origin, with the person's bearer token added. It is one
// httputil.ReverseProxy; WebSockets go the same way as everything else.
//
// What crosses is decided in headers.go, what does not in paths.go. Addresses
// of the tenant inside answers are brought back under our prefix in links.go,
// because Qlik's libraries follow absolute paging links. Open sockets are kept
// in a registry (sockets.go), so that a session that ends takes its sockets
// with it, with a close code the libraries understand.
//
// The caller has checked who asks and from where: the package takes the
// session from the request's context, and never sees a cookie.
package proxy
