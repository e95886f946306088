// Package handlers is the web face: routes, middleware, pages and the table
// that turns errors into answers. Gin lives here and nowhere else.
//
// All routes stand in one list (routes.go), grouped by who may enter. A
// handler returns an error instead of answering it; page and api wrap it, log
// once, and answer with an HTML page or JSON after the table in errors.go. The
// person reads a fixed sentence and a request ID; the operator finds the cause
// under the same ID in the log.
//
// A sheet is embedded in one of several modes (embed.go): a row each, with the
// page, the library and the sources it needs (policy.go), and a script in
// static/js. deeplink.go reads the selections that addresses carry, outline.go
// remembers what the engine said of an app, part.go shows single parts of one,
// and jwt.go signs people in at the tenant for modes that need its cookie.
//
// A page is a file here (home.go, app.go, sheet.go, …) with its struct beside
// its handler, and a template of the same name.
package handlers
