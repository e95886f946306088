// Package bench measures what the product promises about speed: how soon it is
// ready, what a sign-in and a request cost in our own process, and how heavy the
// first page is. It holds no product code.
//
//	make bench
//
// The portal runs as a process of its own and its CPU time is read from the
// kernel, so that neither the demo tenant nor the client that drives it counts.
// Wall time on a shared machine is noise; compare CPU time within one run.
package bench
