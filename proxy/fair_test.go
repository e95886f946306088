package proxy

import (
	"fmt"
	"net/http"
	"strings"
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
