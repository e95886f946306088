package proxy

import (
	"io"
	"net/http"
	"time"
)

// ask asks the tenant: again with a new token when it rejects the old one, and
// for the whole of what cannot be rewritten in part.
func (p *Proxy) ask(x *exchange, r *http.Request) (*http.Response, error) {
	resp, err := p.askRefreshed(x, r)
	if err != nil {
		return nil, err
	}
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	if resp.StatusCode == http.StatusPartialContent && reads && x.path.API() && (isJSON(resp.Header) || isRanges(resp.Header)) {
		// A piece of JSON may begin within an address, and its place in the
		// whole is not its place in what we send. Of several pieces only the
		// body says what they are of.
		p.discard(resp)
		whole := resp.Request.Clone(r.Context()) // with the token that was good
		delete(whole.Header, "Range")
		delete(whole.Header, "If-Range")
		resp, err = p.Transport.RoundTrip(whole)
	}
	if err == nil {
		p.obey(x, resp, r.Method)
	}
	return resp, err
}

// askRefreshed asks once more with a new token when the tenant refuses the old
// one. A refusal means that nothing was done, so any method can be repeated,
// but not a large body: it streamed through, and is gone. The browser may send it
// once more, and the token is good then.
func (p *Proxy) askRefreshed(x *exchange, r *http.Request) (*http.Response, error) {
	resp, err := p.Transport.RoundTrip(r)
	if err != nil || resp.StatusCode != http.StatusUnauthorized || p.Refresh == nil || x.session == nil {
		return resp, err
	}
	fresh, err := p.Refresh(r.Context(), *x.session)
	gone := hasBody(r) && r.GetBody == nil
	if err == nil && (gone || fresh.Tokens.AccessToken == x.session.Tokens.AccessToken) {
		return resp, nil // what the tenant said stands
	}
	p.discard(resp)
	if err != nil {
		// A 401 makes the libraries sign in anew, and a store or a token
		// endpoint that is away for a moment is no reason to.
		return nil, err
	}
	again := r.Clone(r.Context())
	again.Header["Authorization"] = fresh.Authorization()
	if hasBody(r) {
		if again.Body, err = r.GetBody(); err != nil {
			return nil, err
		}
	}
	return p.Transport.RoundTrip(again)
}

// discard frees the connection of an answer nobody wants.
func (p *Proxy) discard(resp *http.Response) {
	late := time.AfterFunc(p.StallTime, func() { _ = resp.Body.Close() })
	defer late.Stop()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	_ = resp.Body.Close()
}

func hasBody(r *http.Request) bool { return r.Body != nil && r.Body != http.NoBody }
