package handlers

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/hashicorp/golang-lru/v2/expirable"
	"golang.org/x/time/rate"
)

const (
	// burstSeconds of requests may come at once, as from the tabs of an office behind
	// one address at nine o'clock.
	burstSeconds = 10
	// limitedAddresses bounds the memory of a route's limiter, to some 2 MiB. The
	// address that was seen least recently starts anew.
	limitedAddresses = 8192
)

// rateLimitError is the error of a request that came too early.
type rateLimitError struct{ after time.Duration }

func (e *rateLimitError) Error() string {
	return fmt.Sprintf("too many requests from one address, the next in %v", e.after)
}

func (*rateLimitError) Is(target error) bool { return target == errRateLimited }

var errRateLimited = errors.New("too many requests from one address")

// addressLimiter is a token bucket for each client address.
type addressLimiter struct {
	perSecond int
	buckets   *expirable.LRU[netip.Prefix, *rate.Limiter]
}

func newAddressLimiter(perSecond int) *addressLimiter {
	// A bucket that was not used for burstSeconds is full, like a new one.
	return &addressLimiter{perSecond, expirable.NewLRU[netip.Prefix, *rate.Limiter](limitedAddresses, nil, 2*burstSeconds*time.Second)}
}

// reserve returns how long the address has to wait, 0 if it need not.
func (l *addressLimiter) reserve(address string, now time.Time) time.Duration {
	key := limitKey(address)
	bucket, found := l.buckets.Get(key)
	if !found {
		bucket = rate.NewLimiter(rate.Limit(l.perSecond), l.perSecond*burstSeconds)
	}
	l.buckets.Add(key, bucket) // also renews its time
	r := bucket.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// limitKey returns what shares one bucket: an IPv4 address, however it is
// written, or the /64 that one IPv6 customer has at the least (RFC 6177). What
// is no address, such as a socket's name, has a bucket of its own.
func limitKey(address string) netip.Prefix {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}
	}
	ip = ip.Unmap().WithZone("")
	bits := ip.BitLen()
	if ip.Is6() {
		bits = 64
	}
	prefix, _ := ip.Prefix(bits) // the bits are in range
	return prefix
}

// answerEither answers a navigation with a page, and all else with JSON.
func (h *Handlers) answerEither(c *gin.Context, err error) {
	if isNavigation(c.Request) {
		h.answerPage(c, err)
		return
	}
	h.answerJSON(c, err)
}

// limitRate returns middleware that limits the requests to one route per client
// address, which [Deps.TrustedProxies] determine. answer writes the error.
func (h *Handlers) limitRate(answer func(*gin.Context, error)) gin.HandlerFunc {
	if h.RateLimit == 0 {
		return func(*gin.Context) {}
	}
	limiter := newAddressLimiter(h.RateLimit)
	return func(c *gin.Context) {
		wait := limiter.reserve(c.ClientIP(), h.Now())
		if wait == 0 {
			return
		}
		answer(c, &rateLimitError{wait})
		c.Abort()
	}
}
