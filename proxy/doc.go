// Package proxy relays the tenant's REST and WebSocket API under our own
// origin, with the person's bearer token added.
//
// A request becomes an exchange (exchange.go), which forward.go takes to the
// tenant and back: what httputil.ReverseProxy does, without the copies that it
// makes of everything. Which paths may pass is decided in package tenantpath,
// what crosses in headers.go on the way out and in incoming.go on the way back,
// who may keep an answer in caching.go, and what may be a document on our origin
// in documents.go. Addresses of the tenant inside
// answers are brought back under our prefix by package rewrite, because Qlik's
// libraries follow absolute paging links.
//
// The tenant is asked in roundtrip.go: again with a new token when it rejects
// the old one, and not at all while it wants a user to wait (rates.go). What one
// session may have under way is bounded, and what stands still is cut (stalls.go,
// upload.go).
//
// When the tenant agrees to a WebSocket, upgrade.go hands both connections to
// package tunnel, and the handler returns.
//
// net/http reads the requests, and frames them anew towards the tenant: what
// another server could read in two ways reaches the tenant in one. The http.Server
// needs WithConn (connection.go), which tells a browser that has gone from a slow
// one.
//
// The caller has checked who asks and from where, and hands over the session:
// the package never sees a cookie.
package proxy
