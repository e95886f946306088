package proxy

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

const (
	// sharedMost is how large an answer may be that waits for several.
	sharedMost = 1 << 20
	// soloKept bounds how many paths are remembered as not to be shared, and
	// soloLongest how long they are.
	soloKept    = 4096
	soloLongest = 256
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

func shareKeyOf(x *exchange, query string) shareKey {
	return shareKey{x.session.ID, x.path.String(), query}
}

// flight is a GET under way.
type flight struct {
	header    http.Header   // what was asked
	landed    chan struct{} // made by the first who follows
	followers int
	answer    *sharedAnswer // nil if everybody must ask
	left      bool          // its browser went away before there was an answer
}

type sharedAnswer struct {
	resp http.Response // its header as it came from the tenant
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
		s.keepSolo(x.path.String())
	}
	s.mu.Unlock()
	switch {
	case followers == 0:
	case err != nil:
		f.land(nil, r.Context().Err() != nil)
	case !mayShare(resp) && resp.StatusCode != http.StatusTooManyRequests || resp.ContentLength > sharedMost:
		f.land(nil, false)
	default: // what the tenant says to one who asks too much, it says to all
		answer := &sharedAnswer{resp: *resp}
		answer.resp.Header = resp.Header.Clone()
		resp.Body = &sharedBody{ReadCloser: resp.Body, flight: f, request: r, answer: answer}
	}
	return resp, err
}

// keepSolo remembers a path whose answers are not to be shared. The path is part
// of all that was asked, which may be much more.
func (s *shares) keepSolo(path string) {
	if len(path) > soloLongest {
		return
	}
	if len(s.solo) >= soloKept {
		clear(s.solo)
	}
	s.solo[strings.Clone(path)] = struct{}{}
}

// land lets those who wait know: of the answer, if there is one for all.
func (f *flight) land(answer *sharedAnswer, left bool) {
	f.answer, f.left = answer, left
	close(f.landed)
}

// sharedBody gathers an answer for those who wait, while it goes to who leads
// them. They have it when it is whole, or know that they have to ask.
type sharedBody struct {
	io.ReadCloser
	flight  *flight
	request *http.Request
	answer  *sharedAnswer
	landed  atomic.Bool // the end of the session closes a body from elsewhere
}

func (b *sharedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.landed.Load() {
		return n, err
	}
	a := b.answer
	a.body = append(a.body, p[:n]...)
	switch got := int64(len(a.body)); {
	case got > sharedMost:
		b.land(nil)
	case errors.Is(err, io.EOF), err == nil && got == a.resp.ContentLength && len(a.resp.Trailer) == 0:
		a.resp.Trailer = maps.Clone(a.resp.Trailer)
		b.land(a)
	}
	return n, err
}

func (b *sharedBody) Close() error {
	b.land(nil)
	return b.ReadCloser.Close()
}

func (b *sharedBody) land(answer *sharedAnswer) {
	if !b.landed.CompareAndSwap(false, true) {
		return
	}
	b.flight.land(answer, answer == nil && b.request.Context().Err() != nil)
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
	h := resp.Header
	// Which page asks is not compared, see sameQuestion.
	if resp.StatusCode != http.StatusOK || varies(h, "*") || varies(h, "Referer") || hasDirective(h, "no-store", "no-cache") {
		return false
	}
	fresh := false
	for _, value := range h["Cache-Control"] {
		for text := range strings.SplitSeq(value, ",") {
			if directive(text) == "max-age" {
				_, argument, _ := strings.Cut(strings.TrimSpace(text), "=")
				seconds, err := strconv.Atoi(strings.Trim(argument, `"`))
				fresh = err == nil && seconds > 0
			}
		}
	}
	return fresh
}
