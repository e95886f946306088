// Package bench measures what the product promises about speed: what a request,
// a socket and a sign-in cost beside the least that could do the same work, how
// soon the program is ready, and how heavy the first page is. It holds no
// product code.
//
//	make bench
//
// The portal, the floor it is compared with (bench/floor) and a tenant that
// costs next to nothing (bench/tenant) run as processes of their own, whose CPU
// time is read from the kernel: what drives them does not count. Floor and
// portal take turns, because on a shared machine only ratios hold; see
// docs/performance.md.
package bench
