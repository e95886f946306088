// Package e2e holds tests that use the program as people do: the built binary
// as a process of its own, with a real Redis and a real PostgreSQL, and a real
// Chromium that signs in at the demo tenant and works in a sheet.
//
// Two things stand between the parts, and both only watch. The tap sits before
// the demo tenant: it knows every token the tenant ever issued, so that tests
// can look for exactly these in everything the browser got, and it can take
// the tenant away. The browser's own network log says what was requested of
// whom, with which headers, and what came back.
//
// The portal is http://localhost and the tenant http://127.0.0.1: two sites to
// a browser, which does not tell ports apart. So cookies cross as little as
// they would between a portal and Qlik Cloud.
//
// Qlik's own libraries are used on pages in testdata/mashup, which a front
// before the portal serves (site_test.go): such pages share the portal's
// origin, and so its session.
//
// A real nginx and a real HAProxy, with connections to the portal that they keep
// and share, stand before it in fronts_test.go.
//
// Sheets are looked at in every embed mode by the same table (modes_test.go). A
// second browser sends third-party cookies, as far as a mode needs them; the
// first one sends none.
//
// Inside of Qlik's own charts nothing of ours draws. Their console messages
// and accessibility faults are listed (libraryNoise, libraryFaults), each with
// where it comes from; what is not listed fails a test.
//
// language_test.go builds the program once more with a pseudo-language beside
// the others, and looks at every page in it.
//
// E2E_SCREENSHOTS names a folder that takes pictures of every page. A test
// that fails leaves pictures in any case, and says where.
package e2e
