// Package model is what the demo apps contain.
//
// generate.go makes one table of orders, of the company in company.go. content.go
// gives each app the objects of its template: sheet.go turns the sheets of
// sheets_*.go, written in the short forms of sheets.go, into properties that
// refer to the library (master_items.go). bookmarks.go are its bookmarks, json.go
// reads and merges properties.
package model
