package demo

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// limitWindow is the documented window: the limits are given per minute, but
// counted over five, so that short bursts pass.
const limitWindow = 5 * time.Minute

// tierReports is a tier of its own for new reports, the dearest call there is.
const (
	tierReports      = 3
	reportsPerMinute = 10
)

// rateLimiter counts requests per person and tier in fixed windows. When one
// is full, everything of that tier waits for its end.
type rateLimiter struct {
	mu      sync.Mutex
	windows map[limitKey]*window
}

type limitKey struct {
	personID string
	tier     int
}

type window struct {
	start time.Time
	count int
}

func newRateLimiter() *rateLimiter { return &rateLimiter{windows: make(map[limitKey]*window)} }

// wait counts a request and returns how long the caller must wait, or 0.
func (l *rateLimiter) wait(key limitKey, perMinute int, now time.Time) time.Duration {
	if perMinute < 0 {
		return 0
	}
	length := limitWindow
	if key.tier == tierReports {
		length = time.Minute // the one limit that is so low that a burst of 50 would defeat it
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	win := l.windows[key]
	if win == nil || now.Sub(win.start) >= length {
		win = &window{start: now}
		l.windows[key] = win
	}
	if win.count >= perMinute*int(length/time.Minute) {
		return win.start.Add(length).Sub(now)
	}
	win.count++
	return 0
}

// overLimit answers 429 when the person has used up the tier.
func (t *Tenant) overLimit(w http.ResponseWriter, p *person, tier int) bool {
	s := t.config()
	perMinute := s.Tier1PerMinute
	switch tier {
	case 2:
		perMinute = s.Tier2PerMinute
	case tierReports:
		perMinute = reportsPerMinute
	}
	wait := t.limits.wait(limitKey{p.ID, tier}, perMinute, t.now())
	if wait <= 0 {
		return false
	}
	t.stats.add(func(s *Stats) { s.RateLimited++ })
	fail(w, tooManyRequests(int((wait+time.Second-1)/time.Second)))
	return true
}

func tooManyRequests(seconds int) apiError {
	return apiError{
		status: http.StatusTooManyRequests, code: "HTTP-429", title: "API rate limit reached.",
		detail: fmt.Sprintf("You need to wait %d seconds until limit is lifted.", seconds), retryAfter: seconds,
	}
}
