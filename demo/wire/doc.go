// Package wire is the form of the tenant's requests and answers, the same for
// all its endpoints.
//
// A request passes cors.go. Its body or JSON Patch is read by patch.go, its
// filter and order by filter.go. resource.go serves whole collections with
// these; paging.go cuts the page of a list, and errors.go writes the answer or
// the error.
package wire
