// Package demo is the demo tenant: an http.Handler that plays Qlik Cloud. People
// try the product on it, and every test uses it as its double, so it copies
// what is documented and what was observed rather than what would be handy.
//
// A Tenant keeps everything in memory. Its content is fixed when it starts;
// settings (settings.go) and faults (faults.go) may change while it runs, also
// over the control API (control.go), which answers this machine only.
//
// Where things are:
//
//	tenant.go, routes.go       what a tenant is made of; every route
//	metadata.go, keys.go       RFC 8414 metadata, ES384 keys, JWKS, signing
//	authorize.go               /oauth/authorize up to the redirect to the client
//	login.go, browsers.go      login, consent and logout pages; the tenant's own browser session
//	token.go, refresh.go       /oauth/token for each grant, /oauth/revoke
//	grants.go, idtoken.go      codes and tokens; ID tokens and their defects
//	bearer.go, ratelimit.go    who may call the REST API, and how often
//	people.go, content.go      people, spaces, apps, and who sees what
//	users.go, items.go, …      one file per REST collection; platform.go has the small ones
//	thumbnail.go               pictures of apps, drawn
//	sockets.go, qix.go         /app/…: lets sockets in and hands them to package engine
//	runtime.go                 /qlik-embed/: the browser runtime that was given to New
//	pages.go, pages/           HTML and CSS of the few pages, without any script
//
// A token is good because it is in the table of grants, not because of its
// signature: revocation works at once. Nothing secret is logged.
package demo
