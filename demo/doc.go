// Package demo is the demo tenant: an http.Handler that plays Qlik Cloud. People
// try the product on it, and every test uses it as its double, so it copies
// what is documented and what was observed rather than what would be handy.
//
// A request goes through faults, which may spoil the answer, and through
// wire.CORS to the routes of one room (tenant.go). The room lets oauth.Guard
// find the caller, reads or changes the state, and answers in the form of wire.
// Engine sockets go to sockets.go, which hands them to package engine. The
// control API (control.go) changes settings and faults while the tenant runs;
// it is for programs on the same machine. The rooms, the lowest first:
//
//	state     all that changes, in memory; no HTTP
//	wire      errors, paging, filters, JSON Patch, CORS
//	oauth     authorization server, cookie sessions, the guard of the APIs
//	web       pages, and the browser runtime built from runtime/
//	rest      REST API for users
//	admin     REST API for admins
//	faults    what goes wrong on purpose
//	engine    the associative engine; imports none of the other rooms
//
// What it copies: the code flow with PKCE, consent, refresh, exchange, machine
// grants and revocation; redirects, cursors, errors, rate limits and CSRF of
// the REST API; bearer, temporary token and cookie at the engine; the limits
// of the registry; frames that need a cookie and a place on the list; cookie
// sessions by JWT with each check, and the second user that a wrong subject
// makes; the Capability APIs that mashups use, without their Global API, as in
// Qlik Cloud. Where the documents are silent it does this: a JWT is rejected
// with 401 and the wrong claim in the detail, or with 406 and no detail when no
// identity provider is meant; a new user gets 403 for a moment; engine sockets
// end with 4006 when their token or cookie session does, and an open socket
// counts as use of its session. What a real tenant does and this one does not:
//
//   - private_key_jwt, dynamic registration, anonymous embedding, and identity
//     providers other than its own login page and JWT
//   - taking over name, e-mail address and groups of a user from a JWT: they
//     count for new users only, which see Sales and Operations
//   - scopes finer than user_default, admin_classic, admin.csp and identity.*;
//     every other scope is granted and opens nothing
//   - writing content: apps, spaces, users and themes are fixed, only
//     favorites change
//   - selections, PDF and PowerPoint in reports: a report is a motif, not the chart
//   - the hub, the console's pages, automations, alerts, licences and data
//     connections
//   - core-init; AngularJS, jQuery and the Global API behind js/qlik; more in
//     the menus of charts (opt=ctxmenu) than their data; ai/assistant
package demo
