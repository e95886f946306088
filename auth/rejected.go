package auth

import (
	"context"
	"net/http"
	"time"

	"vitrine/qlik"
)

// A tenant may end a token before its expiry, and then a refresh helps. It may
// also have a path that answers 401 for good, and then a refresh per request
// would spend refresh tokens without bound. Both look the same at first.
const (
	firstRejectionPause   = time.Minute
	longestRejectionPause = time.Hour
	// rejectionsKept bounds how many sessions are remembered.
	rejectionsKept = 10_000
)

// Refresh makes new tokens for a session whose access token the tenant rejected
// with 401. A token that was replaced meanwhile is returned as it is.
//
// A token that such a refresh made, and that is rejected as well, is refreshed
// again only after a pause, which grows for that session, or if users/me rejects
// it, too. Else the session is returned with the token it has: the caller passes
// on the 401.
func (rp *RelyingParty) Refresh(ctx context.Context, s Session) (Session, error) {
	handle, rejected := Handle(s.ID), s.Tokens.AccessToken
	pause, found := rp.rejections.Get(handle)
	if s.Tokens.RefreshToken == "" || found && rp.Now().Before(s.Tokens.ObtainedAt.Add(pause)) && rp.accepted(ctx, s.Tokens) {
		return s, nil
	}
	fresh, err := rp.refreshIf(ctx, s, func(t TokenSet) bool { return t.AccessToken == rejected })
	if err == nil {
		rp.rejections.Add(handle, min(max(2*pause, firstRejectionPause), longestRejectionPause))
	}
	return fresh, err
}

// accepted reports whether the tenant takes the token where every user may ask.
func (rp *RelyingParty) accepted(ctx context.Context, t TokenSet) bool {
	_, err := rp.Qlik.Me(ctx, t.AccessToken)
	return qlik.StatusOf(err) != http.StatusUnauthorized
}

// RefreshRejected returns a transport for requests with the access token of the
// session in their context (see [NewContext]). A request that the tenant
// rejects with 401 is repeated once with a new token.
func (rp *RelyingParty) RefreshRejected(next http.RoundTripper) http.RoundTripper {
	return &rejectedTransport{rp, next}
}

type rejectedTransport struct {
	rp   *RelyingParty
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t *rejectedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(r)
	if err != nil || resp.StatusCode != http.StatusUnauthorized {
		return resp, err
	}
	s, ok := FromContext(r.Context())
	if !ok || r.Header.Get("Authorization") != s.Authorization()[0] || r.Body != nil && r.GetBody == nil {
		return resp, nil
	}
	fresh, err := t.rp.Refresh(r.Context(), s)
	if err == nil && fresh.Tokens.AccessToken == s.Tokens.AccessToken {
		return resp, nil
	}
	_ = resp.Body.Close()
	if err != nil {
		return nil, err
	}
	again := r.Clone(r.Context())
	again.Header["Authorization"] = fresh.Authorization()
	if r.GetBody != nil {
		if again.Body, err = r.GetBody(); err != nil {
			return nil, err
		}
	}
	return t.next.RoundTrip(again)
}
