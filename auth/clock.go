package auth

import (
	"net/http"
	"sync/atomic"
	"time"
)

// clockMeter measures how far the tenant's clock is from ours by the Date of
// its answers (RFC 9110 section 6.6.1), which counts whole seconds.
type clockMeter struct {
	next http.RoundTripper
	now  func() time.Time
	off  atomic.Int64 // nanoseconds the tenant is ahead
}

func (m *clockMeter) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := m.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		m.off.Store(int64(date.Sub(m.now().Truncate(time.Second))))
	}
	return resp, nil
}

// ClockDifference is how far the tenant's clock is ahead of ours, by its last
// answer. Up to a minute is allowed for; more is for an administrator to mend.
func (rp *RelyingParty) ClockDifference() time.Duration {
	return time.Duration(rp.clock.off.Load())
}

// tenantTime turns a time of the tenant's clock into one of ours.
func (rp *RelyingParty) tenantTime(t time.Time) time.Time {
	off := rp.ClockDifference()
	if off.Abs() > clockTolerance {
		return t
	}
	return t.Add(-off)
}
