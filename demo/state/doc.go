// Package state holds all that changes while a demo tenant runs, and the content
// that does not; without HTTP.
//
// content.go makes users (users.go), spaces and apps (content_rows.go) when the
// tenant starts. State (state.go) joins them with the settings (settings.go,
// defects.go) and with the collections (collection.go) that admins change:
// clients.go, integrations.go, providers.go, csp.go, auth_settings.go. What is
// done leaves its traces in favorites.go, audits.go and stats.go; storage.go
// keeps what outlives the process. caller.go is the user that makes a request;
// ids.go makes IDs and timestamps.
package state
