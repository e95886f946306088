package proxy

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// sharedMost is how large an answer may be that waits for several.
	sharedMost = 1 << 20
	// soloKept bounds how many paths are remembered as not to be shared.
	soloKept = 4096
)

// shares lets one session's identical GETs that are under way at the same time
// have one answer, where the tenant allows it to be kept. Nothing outlives the
// requests: this is no cache.
type shares struct {
	mu     sync.Mutex
	flying map[shareKey]*flight
	// solo are paths whose answers must not be shared. It spares the next ones
	// the wait for an answer that is of no use to them.
	solo map[string]struct{}
}

// shareKey names a session rather than its person: what the tenant has granted
// may differ from one sign-in to the next.
type shareKey struct{ session, path, query string }

func shareKeyOf(x *exchange, query string) shareKey { return shareKey{x.session.ID, x.path, query} }

// flight is a GET under way.
type flight struct {
	header    http.Header   // what was asked
	landed    chan struct{} // made by the first who follows
	followers int
	answer    *sharedAnswer // nil if everybody must ask
	left      bool          // its browser went away before there was an answer
}

type sharedAnswer struct {
	resp http.Response
	body []byte
}

// asker asks the tenant.
type asker func(*exchange, *http.Request) (*http.Response, error)

func newShares() *shares {
	return &shares{flying: map[shareKey]*flight{}, solo: map[string]struct{}{}}
}

// roundTrip asks the tenant, or waits for the answer to somebody's question
// that is the same.
func (s *shares) roundTrip(x *exchange, r *http.Request, ask asker) (*http.Response, error) {
	if r.Method != http.MethodGet || x.session == nil || x.upgrade || hasBody(r) {
		return ask(x, r)
	}
	key := shareKeyOf(x, r.URL.RawQuery)
	for {
		f, leads := s.join(key, r.Header)
		if f == nil {
			return ask(x, r)
		}
		if leads {
			return s.lead(x, key, f, r, ask)
		}
		select {
		case <-r.Context().Done():
			return nil, r.Context().Err()
		case <-f.landed:
		}
		switch {
		case f.answer != nil:
			return f.answer.copyFor(r), nil
		case !f.left:
			return ask(x, r)
		}
	}
}

// join finds a flight to follow, or begins one. There is none to join where
// answers are not shared, or where the question differs in anything.
func (s *shares) join(key shareKey, header http.Header) (f *flight, leads bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, solo := s.solo[key.path]; solo {
		return nil, false
	}
	f = s.flying[key]
	if f == nil {
		f = &flight{header: header}
		s.flying[key] = f
		return f, true
	}
	if !sameQuestion(f.header, header) {
		return nil, false
	}
	if f.landed == nil {
		f.landed = make(chan struct{})
	}
	f.followers++
	return f, false
}

// sameQuestion compares headers. The token may have been renewed in between,
// and which of a person's pages asks is nothing the tenant answers by.
func sameQuestion(a, b http.Header) bool {
	differ := func(a, b http.Header) bool {
		for name, values := range a {
			if name != "Authorization" && name != "Referer" && !slices.Equal(values, b[name]) {
				return true
			}
		}
		return false
	}
	return !differ(a, b) && !differ(b, a)
}

// lead asks the tenant, and lets those who wait know.
func (s *shares) lead(x *exchange, key shareKey, f *flight, r *http.Request, ask asker) (*http.Response, error) {
	resp, err := ask(x, r)
	s.mu.Lock()
	delete(s.flying, key) // nobody joins any more
	followers := f.followers
	if err == nil && resp.StatusCode == http.StatusOK && !mayShare(resp) {
		if len(s.solo) >= soloKept {
			clear(s.solo)
		}
		s.solo[x.path] = struct{}{}
	}
	s.mu.Unlock()
	if followers == 0 {
		return resp, err
	}
	defer close(f.landed)
	if err != nil {
		f.left = r.Context().Err() != nil
		return nil, err
	}
	if !mayShare(resp) || resp.ContentLength > sharedMost {
		return resp, nil
	}
	// The look-out for answers that stand still sees those only that are on their
	// way to a browser.
	late := time.AfterFunc(x.relay.StallTime, func() { _ = resp.Body.Close() })
	body, err := io.ReadAll(io.LimitReader(resp.Body, sharedMost+1))
	late.Stop()
	if err != nil {
		f.left = r.Context().Err() != nil
		_ = resp.Body.Close()
		return nil, err
	}
	if len(body) > sharedMost {
		resp.Body = joined{io.MultiReader(bytes.NewReader(body), resp.Body), resp.Body}
		return resp, nil
	}
	_ = resp.Body.Close()
	f.answer = &sharedAnswer{resp: *resp, body: body}
	return f.answer.copyFor(r), nil
}

type joined struct {
	io.Reader
	io.Closer
}

// copyFor makes the answer one to r.
func (a *sharedAnswer) copyFor(r *http.Request) *http.Response {
	resp := a.resp
	resp.Request, resp.Header, resp.Trailer = r, resp.Header.Clone(), maps.Clone(resp.Trailer)
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(a.body)), int64(len(a.body))
	return &resp
}

// mayShare reports whether the tenant lets an answer be used more than once
// (RFC 9111 section 3): it says so itself, and for how long.
func mayShare(resp *http.Response) bool {
	if resp.StatusCode != http.StatusOK || slices.Contains(resp.Header["Vary"], "*") {
		return false
	}
	fresh := false
	for _, value := range resp.Header["Cache-Control"] {
		for directive := range strings.SplitSeq(value, ",") {
			name, argument, _ := strings.Cut(strings.ToLower(strings.TrimSpace(directive)), "=")
			switch name {
			case "no-store", "no-cache":
				return false
			case "max-age":
				seconds, err := strconv.Atoi(strings.Trim(argument, `"`))
				fresh = err == nil && seconds > 0
			}
		}
	}
	return fresh
}
