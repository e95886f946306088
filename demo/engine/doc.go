// Package engine is the demo tenant's associative engine: it answers QIX
// JSON-RPC over a WebSocket well enough that Qlik's own browser libraries and
// the nebula charts cannot tell it from a small real app.
//
// A frame goes through the files in this order:
//
//	socket.go          one WebSocket: reads a frame, answers it, sends notifications
//	rpc.go             requests, answers, errors, parameters by position or by name
//	methods_table.go   every method, one row each; methods_*.go what they do
//	session.go         what the sockets of one viewer share: objects, selections (history.go)
//	object.go          generic objects: properties, soft patches (patch.go), children
//	layout.go          properties become a layout: every …Def is replaced by its result
//	list_object.go     one field as a list, with search
//	lists.go           SheetList, FieldList, CurrentSelection and their like
//	bookmarks.go       applies and describes bookmarks
//
// The rooms below it are cube (hypercubes), model (what the apps contain) and
// calc (values, selections, expressions), which imports neither.
//
// Imitated are the methods in the table, selections with all seven states,
// modal selections, back and forward, locks, set analysis with simple modifiers,
// stacked mode, search, soft patches, and the close codes of the real engine.
// Not imitated are deltas (answers are always whole, which the libraries accept
// although they ask for deltas), alternate states, variables, scripts and
// reloads, pivot mode, master visualizations, functions beyond the six
// aggregations, and writing to apps. Nothing in an answer is canned except the
// definitions of the sheets.
//
// Locks: Engine.mu guards the sets of sessions and sockets, session.mu guards
// everything inside one session, including its sockets' handle tables. Engine.mu
// may be held while taking session.mu, never the other way round.
package engine
