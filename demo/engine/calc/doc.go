// Package calc is the arithmetic of the associative engine.
//
// data.go holds a table as columns of distinct values. selection.go is what is
// selected in them, association.go what that leaves possible; search.go finds
// values by patterns. expression.go parses a measure, set_analysis.go the set in
// its braces, aggregate.go evaluates it over the rows of groups, and format.go
// shows the number.
package calc
