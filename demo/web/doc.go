// Package web is what browsers show of the tenant: the pages of the sign-in
// (login.go), the tenant's own pages with charts, for frames (single.go), both
// rendered by pages.go from the files in pages/, and the browser runtime that
// other pages load (runtime.go). site.go has the routes.
package web
