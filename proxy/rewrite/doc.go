// Package rewrite brings addresses of the tenant in its answers back under our
// prefix, because Qlik's libraries follow absolute links as they stand.
//
// Headers and single addresses are parsed (rewriter.go); in text, the spellings
// of the tenant's origin are searched for (origins.go), also while a body streams
// (body.go), so that JSON is never decoded. A rewritten body has another ETag than
// the tenant's (etags.go, RFC 9110 section 8.8.3).
package rewrite
