package proxy

import (
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

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
	gate := &gated{next: p.Transport, open: make(chan struct{})}
	p.Transport = gate
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			resp, err := http.DefaultClient.Do(request(t, "GET", base+"/qlik/x"))
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = resp.Body.Close() }()
			if body, err := io.ReadAll(resp.Body); err == nil && resp.StatusCode == http.StatusOK {
				t.Errorf("half an answer came as a whole one: %q", body)
			}
		})
	}
	waitFor(t, "the second to wait for the first", func() bool { return p.joined(2) && p.underWay() == 2 })
	close(gate.open)
	wg.Wait()
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
