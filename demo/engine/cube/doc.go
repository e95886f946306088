// Package cube computes hypercubes.
//
// A qHyperCubeDef is read by def.go. cube.go groups the rows by the dimensions
// and evaluates the measures, limit.go sums up what is over a limit, sort.go
// orders the rows; stack.go makes stacks of them. page.go cuts the pages, and
// layout.go describes the cube as charts read it.
package cube
