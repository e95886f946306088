// Package proxy relays the tenant's REST and WebSocket API under our own
// origin, with the person's bearer token added.
//
// A request becomes an exchange (exchange.go), which forward.go takes to the
// tenant and back: what httputil.ReverseProxy does, without the copies that it
// makes of everything. Which paths may pass is decided in package tenantpath,
// what crosses in headers.go on the way out and in incoming.go on the way back,
// who may keep an answer in caching.go, and what may be a document on our origin
// in documents.go. Addresses of the tenant inside
// answers are brought back under our prefix (links.go in headers, origins.go in
// text, rewriting.go while a body streams), because Qlik's libraries follow
// absolute paging links.
//
// The tenant is asked in roundtrip.go: again with a new token when it rejects
// the old one, and not at all while it wants a user to wait (rates.go). What one
// session may have under way is bounded, and what stands still is cut (stalls.go,
// upload.go).
//
// When the tenant agrees to a WebSocket, upgrade.go takes both connections
// over, and the handler returns: a socket (socket.go) is two goroutines, which
// hold next to no buffer while nothing passes (pump.go). It follows the frames
// (frames.go), so that ours can stand between them: a ping when all is silent
// (pulse.go), and a close frame with a code the libraries understand when the
// session ends or this process does. For that, open sockets are kept in a
// registry (sockets.go, places.go).
//
// net/http reads the requests, and frames them anew towards the tenant: what
// another server could read in two ways reaches the tenant in one. The server
// before all this needs WithConn (vanished.go): a browser that has gone without
// a word is told from one that is slow.
//
// The caller has checked who asks and from where, and hands over the session:
// the package never sees a cookie.
package proxy
