// Package engine is the demo tenant's associative engine: it answers QIX
// JSON-RPC over a WebSocket well enough that Qlik's own browser libraries and
// the nebula charts cannot tell it from a small real app.
//
// A frame travels through the files in this order:
//
//	socket.go       one WebSocket: reads a frame, answers it, passes notifications on
//	rpc.go          requests, answers, errors, parameters by position or by name
//	methods_*.go    the methods of Global, Doc, generic objects and fields
//	session.go      what several sockets of one person share: objects, selections, history
//	object.go       generic objects: properties, soft patches, children
//	layout.go       properties become a layout: every …Def is replaced by its result
//	hypercube.go    grouping and measures (hypercube_*.go: definition, sorting, limits, pages, stacks, layout)
//	listobject.go   one field as a list, with search
//	lists.go        SheetList, FieldList, CurrentSelection and their like
//	selection.go    what is selected; association.go: what that makes possible or excluded
//	expression.go   the parser (setanalysis.go: {<Year={2026}>}); aggregate.go: its evaluation over rows
//	search.go       patterns that find values; format.go: numbers as text
//	data.go         columns of distinct values; generate.go makes the orders of company.go
//	content.go      what an app contains; master_items.go: its library; bookmarks.go: its bookmarks
//	sheet.go        how a sheet and its charts become properties; sheets_*.go: those of each template
//
// The engine computes honestly: nothing in an answer is canned except the
// definitions of the sheets. It always answers in full and never with deltas,
// which the libraries accept although they ask for deltas.
//
// Locks: Engine.mu guards the sets of sessions and sockets, session.mu guards
// everything inside one session, including its sockets' handle tables. Engine.mu
// may be held while taking session.mu, never the other way round.
package engine
