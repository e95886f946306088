// Package admin is the tenant's REST API for its admins: admin.go has the routes,
// each other file one resource, most of them a wire.Resource that describes how
// its records are filtered, made and changed. clients_actions.go has what can be
// done to a client beside that.
package admin
