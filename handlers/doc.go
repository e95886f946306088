// Package handlers is the web face: routes, middleware, pages and the table
// that turns errors into answers. Gin lives here and nowhere else.
//
// All routes stand in one list (routes.go), grouped by who may enter. A
// handler returns an error instead of answering it; page and api wrap it, log
// once, and answer with an HTML page or JSON after the table in errors.go. The
// person reads a fixed sentence and a request ID; the operator finds the cause
// under the same ID in the log.
//
// A page is a file here (home.go, app.go, sheet.go, …) with its struct beside
// its handler, and a template of the same name.
package handlers
