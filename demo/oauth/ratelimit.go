package oauth

import (
	"sync"
	"time"

	"vitrine/demo/state"
	"vitrine/demo/wire"
)

// limitWindow is the documented window: the limits are given per minute, but
// counted over five, so that short bursts pass.
const limitWindow = 5 * time.Minute

// TierReports is a tier of its own for new reports, the dearest call there is.
const (
	TierReports      = 3
	reportsPerMinute = 10
)

// rateLimiter counts requests per user and tier in fixed windows. When one
// is full, everything of that tier waits for its end.
type rateLimiter struct {
	mu      sync.Mutex
	windows map[limitKey]*window
}

type limitKey struct {
	userID string
	tier   int
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
	if key.tier == TierReports {
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

// Limit counts a call of the user in the tier. Its error is a 429.
func (guard *Guard) Limit(user *state.User, tier int) error {
	settings := guard.Settings()
	perMinute := settings.Tier1PerMinute
	switch tier {
	case 2:
		perMinute = settings.Tier2PerMinute
	case TierReports:
		perMinute = reportsPerMinute
	}
	wait := guard.limits.wait(limitKey{user.ID, tier}, perMinute, guard.Now())
	if wait <= 0 {
		return nil
	}
	guard.Count(func(s *state.Stats) { s.RateLimited++ })
	return wire.TooManyRequests(int((wait + time.Second - 1) / time.Second))
}
