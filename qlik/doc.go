// Package qlik is the tenant as Vitrine sees it: a REST client for the few
// endpoints the pages need (users, items, apps, spaces, collections) and a
// small client for the engine's JSON-RPC protocol (QIX), because sheets are
// listed by the engine only.
//
// Every call is made with the access token of the person it is made for; the
// package keeps no token and no state between calls. What the tenant answers
// outside the 2xx range comes back as *[Error]; what never reached the tenant,
// or came back unreadable, wraps [ErrUnreachable].
//
// [Transport] carries the calls of a sign-in at less cost than
// [net/http.Transport].
//
// The facts behind it are Qlik's published OpenAPI files (qlik.dev/specs/rest)
// and the QIX reference (qlik.dev/apis/json-rpc/qix).
package qlik
