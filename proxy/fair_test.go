package proxy

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestRateLimitsAreObeyedPerPersonAndTier(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	var asked atomic.Int32
	told := "13"
	limited := true
	base, _ := newRelay(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		if limited {
			if told != "" {
				w.Header().Set("Retry-After", told)
			}
			WriteError(w, http.StatusTooManyRequests, "HTTP-429", "API rate limit reached.", "of the tenant")
		}
	}, func(o *Options) { o.Now = func() time.Time { return now } })
	try := func(method, path, person string) (status int, reached bool, retryAfter, body string) {
		before := asked.Load()
		resp, body := do(t, request(t, method, base+"/qlik"+path, "Test-Session", person))
		return resp.StatusCode, asked.Load() > before, resp.Header.Get("Retry-After"), body
	}
	if status, reached, after, body := try("GET", "/api/v1/items", "ann"); status != 429 || !reached || after != "13" || !strings.Contains(body, "of the tenant") {
		t.Fatalf("the tenant's refusal: %d %s %s", status, after, body)
	}
	limited = false
	now = now.Add(3 * time.Second)
	for _, tt := range []struct {
		method, path, person string
		reached              bool
	}{
		{"GET", "/api/v1/items", "ann", false},
		{"GET", "/api/v1/spaces?x=1", "ann", false},
		{"HEAD", "/API//v1/users/me", "ann", false},
		{"POST", "/api/v1/items", "ann", true},
		{"POST", "/api/v1/reports", "ann", true},
		{"GET", "/api/v1/reloads", "ann", true},
		{"GET", "/resources/x.js", "ann", true},
		{"GET", "/api/v1/items", "bob", true},
	} {
		status, reached, after, body := try(tt.method, tt.path, tt.person)
		if reached != tt.reached || !reached && (status != 429 || after != "10") {
			t.Errorf("%s %s by %s: %d, Retry-After %q, reached the tenant: %v, want %v", tt.method, tt.path, tt.person, status, after, reached, tt.reached)
		}
		if !reached && tt.method == "GET" && !strings.Contains(body, "You need to wait 10 seconds") {
			t.Errorf("body %s, want the words of Qlik's own", body)
		}
	}
	now = now.Add(10 * time.Second)
	if status, reached, _, _ := try("GET", "/api/v1/items", "ann"); status != 200 || !reached {
		t.Errorf("when the time is up: %d", status)
	}

	for name, tt := range map[string]struct{ told, passed, ours string }{
		"a date":         {now.Add(40 * time.Second).Format(http.TimeFormat), now.Add(40 * time.Second).Format(http.TimeFormat), "40"},
		"nothing":        {"", "5", "5"},
		"no number":      {"soon", "soon", "5"},
		"far too long":   {"99999999999", "99999999999", "300"},
		"a date long on": {"Fri, 31 Dec 9999 23:59:59 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "300"},
		"no time":        {"0", "0", ""},
		"a date gone by": {"Fri, 31 Dec 1999 23:59:59 GMT", "Fri, 31 Dec 1999 23:59:59 GMT", ""},
	} {
		told, limited = tt.told, true
		if _, _, after, _ := try("GET", "/api/v1/items", name); after != tt.passed {
			t.Errorf("%s: Retry-After %q was passed on, want %q", name, after, tt.passed)
		}
		limited = false
		if _, reached, after, _ := try("GET", "/api/v1/items", name); after != tt.ours || reached != (tt.ours == "") {
			t.Errorf("%s: ours says %q, want %q", name, after, tt.ours)
		}
	}
}

func TestRatesAreBounded(t *testing.T) {
	now := time.Now()
	r := newRates(func() time.Time { return now })
	for i := range ratesKept + 10 {
		r.told(rateKey{fmt.Sprint(i), "reads"}, "60")
	}
	if len(r.until) != ratesKept {
		t.Errorf("%d are kept, want %d", len(r.until), ratesKept)
	}
	now = now.Add(2 * time.Minute)
	r.told(rateKey{"new", "reads"}, "60")
	if len(r.until) != 1 || r.wait(rateKey{"new", "reads"}) != time.Minute {
		t.Errorf("%d are kept when all but one are over", len(r.until))
	}
}

// asking counts what reaches a tenant that answers when it is told to.
type slowTenant struct {
	asked  atomic.Int32
	answer chan struct{}
}

func (s *slowTenant) wait(r *http.Request) {
	s.asked.Add(1)
	select {
	case <-s.answer:
	case <-r.Context().Done():
	}
}

func TestIdenticalReadsShareOneAnswer(t *testing.T) {
	const large = sharedMost + 1000
	for name, tt := range map[string]struct {
		cache  string
		size   int
		status int
		change func(i int, r *http.Request)
		asked  int32 // of 10
	}{
		"public":             {cache: "public, max-age=60", asked: 1},
		"private":            {cache: "private, max-age=1", asked: 1},
		"a large one":        {cache: "max-age=60", size: large, asked: 10},
		"no word":            {asked: 10},
		"no-store":           {cache: "no-store", asked: 10},
		"no-cache":           {cache: "max-age=60, no-cache", asked: 10},
		"stale at once":      {cache: "max-age=0", asked: 10},
		"an error":           {cache: "max-age=60", status: 500, asked: 10},
		"other queries":      {cache: "max-age=60", change: func(i int, r *http.Request) { r.URL.RawQuery = fmt.Sprint(i) }, asked: 10},
		"other languages":    {cache: "max-age=60", change: func(i int, r *http.Request) { r.Header.Set("Accept-Language", fmt.Sprint(i)) }, asked: 10},
		"other ranges":       {cache: "max-age=60", change: func(i int, r *http.Request) { r.Header.Set("Range", fmt.Sprintf("bytes=%d-", i)) }, asked: 10},
		"other persons":      {cache: "max-age=60", change: func(i int, r *http.Request) { r.Header.Set("Test-Session", fmt.Sprint(i)) }, asked: 10},
		"other pages of one": {cache: "max-age=60", change: func(i int, r *http.Request) { r.Header.Set("Referer", fmt.Sprint(i)) }, asked: 1},
		"unsafe":             {cache: "max-age=60", change: func(_ int, r *http.Request) { r.Method = "POST" }, asked: 10},
	} {
		t.Run(name, func(t *testing.T) {
			tenant := slowTenant{answer: make(chan struct{})}
			size := max(tt.size, 100)
			base, p := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
				tenant.wait(r)
				if tt.cache != "" {
					w.Header().Set("Cache-Control", tt.cache)
				}
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(max(tt.status, 200))
				_, _ = io.WriteString(w, strings.Repeat(`"http://`+r.Host+`/x"`+"\n", size/20))
			})
			var wg sync.WaitGroup
			bodies := make([]string, 10)
			for i := range bodies {
				r := request(t, "GET", base+"/qlik/api/v1/x")
				if tt.change != nil {
					tt.change(i, r)
				}
				wg.Go(func() { _, bodies[i] = do(t, r) })
			}
			waitFor(t, "all to be under way", func() bool { return p.underWay() == 10 && p.joined(10) })
			close(tenant.answer)
			wg.Wait()
			if got := tenant.asked.Load(); got != tt.asked {
				t.Errorf("the tenant was asked %d times, want %d", got, tt.asked)
			}
			for i, body := range bodies {
				if body != bodies[0] || strings.Contains(body, "127.0.0.1") || !strings.Contains(body, publicURL) {
					t.Errorf("answer %d differs: %.100q, want %.100q", i, body, bodies[0])
				}
			}
			if len(p.shares.flying) != 0 {
				t.Errorf("%d flights are remembered", len(p.shares.flying))
			}
		})
	}
}

// joined reports whether so many requests ask the tenant, or wait for one that does.
func (p *Proxy) joined(most int) bool {
	p.shares.mu.Lock()
	defer p.shares.mu.Unlock()
	n := 0
	for _, f := range p.shares.flying {
		n += 1 + f.followers
	}
	return n == most || n <= 1
}

// Those who wait are not to suffer when the one whose question was sent leaves.
func TestFollowersSurviveTheOneWhoAsked(t *testing.T) {
	tenant := slowTenant{answer: make(chan struct{})}
	base, p := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
		tenant.wait(r)
		w.Header().Set("Cache-Control", "max-age=60")
		_, _ = io.WriteString(w, "fine")
	})
	ctx, leave := context.WithCancel(t.Context())
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		if resp, err := http.DefaultClient.Do(request(t, "GET", base+"/qlik/x").WithContext(ctx)); err == nil {
			_ = resp.Body.Close()
		}
	}()
	waitFor(t, "the first to ask", func() bool { return tenant.asked.Load() == 1 })
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			if resp, body := do(t, request(t, "GET", base+"/qlik/x")); resp.StatusCode != 200 || body != "fine" {
				t.Errorf("%d %q, want an answer", resp.StatusCode, body)
			}
		})
	}
	waitFor(t, "the others to wait", func() bool { return p.joined(6) })
	leave()
	<-gone
	waitFor(t, "another to ask", func() bool { return tenant.asked.Load() == 2 })
	close(tenant.answer)
	wg.Wait()
}

// Once a path is known not to be shared, nobody waits for another's answer.
func TestUnsharedPathsAreAskedAtOnce(t *testing.T) {
	tenant := slowTenant{answer: make(chan struct{}, 1)}
	base, p := newRelay(t, func(_ http.ResponseWriter, r *http.Request) { tenant.wait(r) })
	tenant.answer <- struct{}{}
	do(t, request(t, "GET", base+"/qlik/x"))
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() { do(t, request(t, "GET", base+"/qlik/x")) })
	}
	waitFor(t, "all to ask", func() bool { return tenant.asked.Load() == 6 })
	close(tenant.answer)
	wg.Wait()
	if len(p.shares.solo) != 1 {
		t.Errorf("%d paths are remembered, want 1", len(p.shares.solo))
	}
}
