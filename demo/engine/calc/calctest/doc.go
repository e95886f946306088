// Package calctest has data for the tests of calc and of the packages above it.
package calctest
