// Package faults spoils answers on purpose. Injector.Handler compares a request
// with the injected faults; the first that matches is applied, by its row in the
// table kinds.
package faults
