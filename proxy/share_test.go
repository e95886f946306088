package proxy

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"vitrine/auth"
	"vitrine/qlik"
)

// Two sessions of one person may have been granted different scopes.
func TestSessionsOfOnePersonShareNoAnswers(t *testing.T) {
	s := newShares()
	header := http.Header{}
	one := &exchange{session: &auth.Session{ID: "one", User: qlik.User{ID: "ann"}}}
	other := &exchange{session: &auth.Session{ID: "other", User: qlik.User{ID: "ann"}}}
	if _, leads := s.join(shareKeyOf(one, "q=1"), header); !leads {
		t.Fatal("the first does not ask")
	}
	if _, leads := s.join(shareKeyOf(other, "q=1"), header); !leads {
		t.Error("the other session waits for the first one's answer")
	}
	if f, leads := s.join(shareKeyOf(one, "q=1"), header); leads || f == nil {
		t.Error("the same session asks twice")
	}
}

// An answer that is gathered for several is nowhere looked at by the look-out
// for stalled ones: it must not be waited for longer than those are.
func TestSharedAnswerThatStallsIsGivenUp(t *testing.T) {
	stop := make(chan struct{})
	base, p := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=60")
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "half")
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		select {
		case <-stop:
		case <-r.Context().Done():
		}
	}, func(o *Options) { o.StallTime = 100 * time.Millisecond })
	defer close(stop)
	together(t, base, p, 2, func(_ int, resp *http.Response, err error) {
		if err != nil {
			t.Error(err)
			return
		}
		if body, err := io.ReadAll(resp.Body); err == nil && resp.StatusCode == http.StatusOK {
			t.Errorf("half an answer came as a whole one: %q", body)
		}
	})
}

// together asks the same from so many pages at once: all have joined before the
// tenant is asked. Each answer is judged by look, as it comes.
func together(t *testing.T, base string, p *Proxy, pages int, look func(page int, resp *http.Response, err error)) {
	t.Helper()
	gate := &gated{next: p.Transport, open: make(chan struct{})}
	p.Transport = gate
	var wg sync.WaitGroup
	for page := range pages {
		wg.Go(func() {
			r := request(t, "GET", base+"/qlik/api/v1/x", "Referer", fmt.Sprint("page ", page))
			resp, err := http.DefaultTransport.RoundTrip(r)
			if err == nil {
				defer resp.Body.Close()
			}
			look(page, resp, err)
		})
	}
	waitFor(t, "all to have asked", func() bool { return p.joined(pages) && p.underWay() == pages })
	close(gate.open)
	wg.Wait()
}

// wholly expects an answer that is the same for everybody.
func wholly(t *testing.T, status int, want string) func(int, *http.Response, error) {
	return func(page int, resp *http.Response, err error) {
		if err != nil {
			t.Error(err)
			return
		}
		if body, err := io.ReadAll(resp.Body); resp.StatusCode != status || string(body) != want || err != nil {
			t.Errorf("page %d: %d %q, %v", page, resp.StatusCode, body, err)
		}
	}
}

// An answer that comes slowly, but surely, is one: for several as for one.
func TestSlowAnswersAreShared(t *testing.T) {
	var asked atomic.Int32
	base, p := newRelay(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Cache-Control", "max-age=60")
		for range 8 {
			_, _ = io.WriteString(w, "x")
			_ = http.NewResponseController(w).Flush()
			time.Sleep(40 * time.Millisecond)
		}
	}, func(o *Options) { o.StallTime = 150 * time.Millisecond })
	together(t, base, p, 3, wholly(t, http.StatusOK, "xxxxxxxx"))
	if n := asked.Load(); n != 1 {
		t.Errorf("the tenant was asked %d times", n)
	}
}

// Whoever asks first has the first byte before the last, also when somebody else
// asks the same.
func TestSharedAnswersStream(t *testing.T) {
	more := make(chan struct{})
	base, p := newRelay(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "max-age=60")
		_, _ = io.WriteString(w, "first")
		_ = http.NewResponseController(w).Flush()
		<-more
	})
	var once sync.Once
	together(t, base, p, 2, func(page int, resp *http.Response, err error) {
		if err == nil {
			_, err = io.ReadFull(resp.Body, make([]byte, 5))
		}
		once.Do(func() { close(more) })
		if err != nil {
			t.Errorf("page %d has no first byte: %v", page, err)
		}
	})
}

// What is too large to be kept for those who wait, each asks for.
func TestAnswersThatOutgrowSharingAreWhole(t *testing.T) {
	large := strings.Repeat("x", sharedMost+1)
	var asked atomic.Int32
	base, p := newRelay(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Cache-Control", "max-age=60")
		_ = http.NewResponseController(w).Flush() // so that its length is not known
		_, _ = io.WriteString(w, large)
	})
	together(t, base, p, 3, wholly(t, http.StatusOK, large))
	if n := asked.Load(); n != 3 {
		t.Errorf("the tenant was asked %d times, want 3", n)
	}
}

// Who waits for another's answer obeys the 429 that it is.
func TestEverybodyWhoWaitsObeysTheRateLimit(t *testing.T) {
	var asked atomic.Int32
	base, p := newRelay(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	together(t, base, p, 10, func(page int, resp *http.Response, err error) {
		if err != nil || resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") != "60" {
			t.Errorf("page %d: %v, %v", page, resp, err)
		}
	})
	if n := asked.Load(); n != 1 {
		t.Errorf("the tenant was asked %d times, want 1", n)
	}
}

// What the tenant answers by, and we do not compare, is nobody else's answer.
func TestAnswersThatDependOnThePageAreNotShared(t *testing.T) {
	for _, vary := range []string{"Referer", "Accept, referer", "Accept, *"} {
		base, p := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "max-age=60")
			w.Header().Set("Vary", vary)
			_, _ = io.WriteString(w, r.Header.Get("Referer"))
		})
		together(t, base, p, 2, func(page int, resp *http.Response, err error) {
			wholly(t, http.StatusOK, fmt.Sprint("page ", page))(page, resp, err)
		})
	}
}

// What is remembered of a path holds nothing else of what was asked.
func TestPathsThatAreNotSharedAreKeptAlone(t *testing.T) {
	s := newShares()
	line := "/x?" + strings.Repeat("y", 50_000)
	s.keepSolo(line[:2])
	for path := range s.solo {
		if path != "/x" || unsafe.StringData(path) == unsafe.StringData(line) {
			t.Errorf("%q is a part of the request line", path)
		}
	}
	if s.keepSolo(line); len(s.solo) != 1 {
		t.Errorf("a path of %d bytes is remembered", len(line))
	}
}

// The end of a session closes an answer that is being read for several.
func TestSharedAnswersEndWithTheirSession(t *testing.T) {
	for range 20 {
		stop := make(chan struct{})
		base, p := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "max-age=60")
			for range 1000 {
				if _, err := io.WriteString(w, strings.Repeat("x", 600)); err != nil {
					break
				}
			}
			_ = http.NewResponseController(w).Flush()
			select {
			case <-stop:
			case <-r.Context().Done():
			}
		})
		var once sync.Once
		together(t, base, p, 3, func(_ int, resp *http.Response, err error) {
			once.Do(func() { go p.EndSession(auth.Handle("session-1")) })
			if err == nil {
				_, _ = io.Copy(io.Discard, resp.Body)
			}
		})
		close(stop)
		waitFor(t, "all to be forgotten", func() bool { return p.underWay() == 0 })
	}
}

// gated lets nothing through before it is open.
type gated struct {
	next http.RoundTripper
	open chan struct{}
}

func (g *gated) RoundTrip(r *http.Request) (*http.Response, error) {
	<-g.open
	return g.next.RoundTrip(r)
}
