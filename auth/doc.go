// Package auth is the relying party: it signs people in through the tenant,
// keeps their tokens fresh, and ends their sessions.
//
// # The story of a sign-in
//
// [RelyingParty.Begin] writes down an [AuthorizationRequest] (state, nonce, code
// verifier, return path, and the browser that asked) and answers with the
// address of the tenant's authorization endpoint. The tenant sends the browser
// back with an [AuthorizationResponse]; [RelyingParty.Complete] takes the
// request with that state, once, checks that the same browser brings it, swaps
// the code for a [TokenSet], learns who the person is, and creates a [Session]
// under a fresh ID. Any defect on the way means: no session.
//
// # The story of a session
//
// [RelyingParty.Session] loads a session for a request and refreshes its access
// token when that is due. However many requests see the same due token, one
// token request is made: the first caller in a process works for the others,
// and [Store.UpdateSession] keeps processes apart. The work goes on when the
// browser that caused it leaves, because a rotated refresh token that is not
// saved is lost. Only the tenant's final "no" to the refresh token ends the
// session; a fault of the network, of the tenant or of the store never does.
//
// [RelyingParty.End] deletes the session first and revokes its tokens after.
// What the tenant could not be told then, [RelyingParty.Deliver] tells later.
// [RelyingParty.BackChannelLogout] ends sessions because the tenant says so.
//
// [JWTSigner] makes the tokens by which a browser gets a session of the tenant's
// own, for embed modes that cannot do without.
//
// [RelyingParty.ProbeAuthorization] and [RelyingParty.ProbeToken] find out
// whether the tenant takes the client at all, without a sign-in.
//
// The rules are those of RFC 6749, RFC 7636 (PKCE), RFC 9207 (iss), RFC 7009
// (revocation), RFC 9700 (best practice) and, where a tenant sends ID tokens,
// OpenID Connect Core. A Qlik Cloud tenant is an OAuth 2.0 server and usually
// sends none, so who signed in comes from GET /api/v1/users/me.
//
// golang.org/x/oauth2, go-oidc and go-jose are used here and nowhere else. The package
// never sees Redis: what it remembers goes through [Store].
package auth
