// Package demo is the demo tenant: an http.Handler that plays Qlik Cloud. People
// try the product on it, and every test uses it as its double, so it copies
// what is documented and what was observed rather than what would be handy.
//
// A Tenant keeps everything in memory. Its content is fixed when it starts;
// what admins register, the settings (settings.go) and the faults (faults.go)
// may change while it runs, the last two also over the control API
// (control.go), which answers this machine only.
//
// Where things are:
//
//	tenant.go, routes.go       what a tenant is made of; every route
//	metadata.go, keys.go       RFC 8414 metadata, ES384 keys, JWKS, signing
//	authorize.go               /oauth/authorize up to the redirect to the client
//	login.go, browsers.go      login, consent and logout pages; the tenant's own browser session
//	token.go, refresh.go       /oauth/token for each grant, /oauth/revoke
//	machine.go                 the grants without a person: bots and impersonation
//	grants.go, idtoken.go      codes and tokens; ID tokens and their defects
//	bearer.go, ratelimit.go    who may call the REST API, and how often
//	crossorigin.go, cookies.go pages elsewhere: CORS, whose cookies count, third-party cookies
//	jwtsession.go, jws.go      /login/jwt-session: signed tokens that begin a cookie session
//	jwtproviders.go            the identity providers that sign them
//	people.go, content.go      people, spaces, apps, and who sees what
//	users.go, items.go, …      one file per REST collection; platform.go has the small ones
//	admin.go, shelf.go         what the endpoints for admins share: rights, JSON Patch, filters; their records
//	clients.go, clients_*.go   the OAuth client registry, which /oauth/ obeys
//	integrations.go, csp.go    web integrations, and the list behind the Content-Security-Policy
//	audits.go, authsettings.go what happened, and how long a browser session lasts
//	reports.go, thumbnail.go   pictures of charts and of apps, drawn
//	single.go                  /single/ and /sense/app/…: the tenant's own pages, for frames
//	sockets.go, qix.go         /app/…: lets sockets in and hands them to package engine
//	runtime.go                 /qlik-embed/ and /resources/: the browser runtime that was given to New
//	pages.go, pages/           HTML, CSS and the one script of the pages
//
// What it copies: the code flow with PKCE, consent, refresh, exchange, machine
// grants and revocation; redirects, cursors, errors, rate limits and CSRF of
// the REST API; bearer, temporary token and cookie at the engine; the limits
// of the registry; frames that need a cookie and a place on the list; cookie
// sessions by JWT with each check, and the second user that a wrong subject
// makes; the Capability APIs that mashups use, without their Global API, as in
// Qlik Cloud. Where the documents are silent it does this: a JWT is refused
// with 401 and the wrong claim in the detail, or with 406 and no word when no
// identity provider is meant; a new user gets 403 for a moment; engine sockets
// end with 4006 when their token or cookie session does, and an open socket
// counts as use of its session. What a real tenant does and this one does not:
//
//   - private_key_jwt, dynamic registration, anonymous embedding, and identity
//     providers other than its own login page and JWT
//   - taking over name, e-mail address and groups of a user from a JWT: they
//     count for new users only, who may see Sales and Operations
//   - scopes finer than user_default, admin_classic, admin.csp and identity.*;
//     every other scope is granted and opens nothing
//   - writing content: apps, spaces, users and themes are fixed, only
//     favorites change
//   - selections, PDF and PowerPoint in reports: a report is a motif, not the chart
//   - the hub, the console's pages, automations, alerts, licences and data
//     connections
//   - core-init; AngularJS, jQuery and the Global API behind js/qlik; more in
//     the menus of charts (opt=ctxmenu) than their data; ai/assistant
//
// A token is good because it is in the table of grants, not because of its
// signature: revocation works at once. Nothing secret is logged.
package demo
