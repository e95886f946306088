package proxy

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// untoldWait is for a tenant that says "too many" and not how long to wait.
	untoldWait = 5 * time.Second
	// longestWait is the cap of Retry-After with 429, as in package qlik: windows are five
	// minutes long.
	longestWait = 5 * time.Minute
	// ratesKept bounds how many are remembered; more than that at the same time
	// is a tenant that is away, rather than people who ask too much.
	ratesKept = 10_000
)

// rates remembers who was told to wait. Every request that is sent in spite of
// it counts again, and keeps the person out for longer.
type rates struct {
	now   func() time.Time
	count atomic.Int32 // of until, so that nobody locks when nobody waits
	mu    sync.Mutex
	until map[rateKey]time.Time
}

type rateKey struct{ person, tier string }

func newRates(now func() time.Time) *rates {
	return &rates{now: now, until: map[rateKey]time.Time{}}
}

// wait returns how long a person must not ask this tier.
func (l *rates) wait(key rateKey) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	left := l.until[key].Sub(l.now())
	if left <= 0 {
		delete(l.until, key)
		l.count.Store(int32(len(l.until))) //nolint:gosec // bounded by ratesKept
	}
	return left
}

// told takes note of a tenant's 429, and returns how long it is obeyed.
func (l *rates) told(key rateKey, retryAfter string) time.Duration {
	now := l.now()
	wait := untoldWait
	if seconds, err := strconv.Atoi(strings.TrimSpace(retryAfter)); err == nil && seconds >= 0 {
		wait = time.Duration(min(seconds, int(longestWait/time.Second))) * time.Second
	} else if at, err := http.ParseTime(retryAfter); err == nil {
		wait = min(at.Sub(now), longestWait)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.until) >= ratesKept {
		for key, until := range l.until {
			if !until.After(now) {
				delete(l.until, key)
			}
		}
	}
	if len(l.until) < ratesKept && wait > 0 {
		l.until[key] = now.Add(wait)
		l.count.Store(int32(len(l.until))) //nolint:gosec // bounded by ratesKept
	}
	return wait
}

// special lists what Qlik counts apart from its two tiers.
var special = []struct{ method, prefix string }{
	{http.MethodPost, "/api/v1/reports"},
	{http.MethodPost, "/api/v1/users/actions/filter"},
	{http.MethodPost, "/api/v1/groups/actions/filter"},
	{"", "/api/v1/reloads"},
	{"", "/api/v1/tasks"},
	{"", "/api/v1/audits"},
}

// tierOf names what a request is counted with: when one of a tier is refused,
// all are.
func tierOf(x *exchange, method string) string {
	if !x.path.API() {
		if x.upgrade {
			return "engine"
		}
		return "files"
	}
	for _, s := range special {
		if (s.method == "" || s.method == method) && strings.HasPrefix(x.path.String(), s.prefix) {
			return s.prefix
		}
	}
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return "reads"
	}
	return "writes"
}

// mustWait answers 429 in the tenant's stead while it would.
func (p *Proxy) mustWait(x *exchange, method string) bool {
	if p.rates.count.Load() == 0 || x.session == nil {
		return false
	}
	wait := p.rates.wait(rateKey{x.person(), tierOf(x, method)})
	if wait <= 0 {
		return false
	}
	seconds := wholeSeconds(wait)
	x.Header().Set("Retry-After", strconv.Itoa(seconds))
	x.standIn(http.StatusTooManyRequests, fault{
		Title: "API rate limit reached.", Detail: fmt.Sprintf("You need to wait %d seconds until limit is lifted.", seconds),
	})
	return true
}

// obey takes note of a 429, and makes sure that it says how long to wait.
func (p *Proxy) obey(x *exchange, resp *http.Response, method string) {
	if resp.StatusCode != http.StatusTooManyRequests || x.session == nil {
		return
	}
	told := resp.Header.Get("Retry-After")
	wait := p.rates.told(rateKey{x.person(), tierOf(x, method)}, told)
	if told == "" {
		resp.Header["Retry-After"] = []string{strconv.Itoa(wholeSeconds(wait))}
	}
}

func wholeSeconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
