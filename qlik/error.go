package qlik

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ErrUnreachable reports that the tenant did not answer, or answered something
// that is not what its API promises: a fault of the network or of the tenant,
// never of the person.
var ErrUnreachable = errors.New("tenant unreachable")

// Error is an answer of the tenant outside the 2xx range, in Qlik's form
// {"errors":[{"code","title","detail","status"}],"traceId"}. Where the body was
// not in that form, Code and Title are empty and Status alone speaks.
type Error struct {
	Status  int
	Code    string
	Title   string
	Detail  string
	TraceID string
	// RetryAfter is what the tenant asked for with 429 or 503; zero when it
	// named nothing.
	RetryAfter time.Duration
}

// Error names what the tenant said. It holds the tenant's own words, so it is
// for logs, not for pages.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "tenant answered %d", e.Status)
	for _, part := range []string{e.Code, e.Title, e.Detail} {
		if part != "" {
			b.WriteString(" " + part)
		}
	}
	if e.TraceID != "" {
		b.WriteString(" (trace " + e.TraceID + ")")
	}
	return b.String()
}

// StatusOf returns the status of a tenant's refusal in err's chain, and 0 when
// err is none.
func StatusOf(err error) int {
	var e *Error
	if errors.As(err, &e) {
		return e.Status
	}
	return 0
}

// errorFrom reads the tenant's refusal. body may be anything: some gateways
// answer HTML or nothing at all.
func errorFrom(status int, header http.Header, body []byte) *Error {
	var form struct {
		Errors []struct {
			Code   string `json:"code"`
			Title  string `json:"title"`
			Detail string `json:"detail"`
		} `json:"errors"`
		TraceID string `json:"traceId"`
	}
	e := &Error{Status: status, RetryAfter: RetryAfter(status, header, time.Now())}
	if json.Unmarshal(body, &form) == nil {
		e.TraceID = limit(form.TraceID)
		if len(form.Errors) > 0 {
			first := form.Errors[0]
			e.Code, e.Title, e.Detail = limit(first.Code), limit(first.Title), limit(first.Detail)
		}
	}
	return e
}

// limit keeps a tenant's text from filling a log line.
func limit(s string) string {
	const most = 200
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// The longest times a tenant can keep us from asking again: a proxy in front of
// it may send any number, and the windows of its rate limits are five minutes.
const (
	longestRetryAfter          = time.Minute
	longestRetryAfterRateLimit = 5 * time.Minute
)

// RetryAfter reads the header of that name of an answer with this status, which
// counts seconds or names a date (RFC 9110 section 10.2.3). It is zero when
// absent or unreadable, and at most one minute, or five minutes with 429.
func RetryAfter(status int, header http.Header, now time.Time) time.Duration {
	longest := longestRetryAfter
	if status == http.StatusTooManyRequests {
		longest = longestRetryAfterRateLimit
	}
	value := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.Atoi(value); err == nil && seconds > 0 {
		return time.Duration(min(seconds, int(longest/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil && at.After(now) {
		return min(at.Sub(now), longest)
	}
	return 0
}
