// Package rest is the tenant's REST API for its users, one file per collection:
// rest.go has the routes, users.go, spaces.go, apps.go and items.go the content
// (items_filter.go reads the query of items), collections.go the favorites,
// platform.go the small endpoints about the tenant, reports.go the pictures that
// thumbnail.go draws.
package rest
