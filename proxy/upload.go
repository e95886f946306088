package proxy

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"
)

// upload is the body a browser sends. Its size is bounded, and so is how long
// each piece may take: a total would cut off whoever has a slow line.
type upload struct {
	body    io.Reader
	trailer http.Header // the request's, which the server fills
	control *http.ResponseController
	idle    time.Duration
	left    atomic.Int64
	since   atomic.Int64 // when a read began that has not ended well; nought if none
	broken  atomic.Bool
	whole   atomic.Bool // it was read to its end

	turn sync.Mutex // who holds it may set a deadline, or end that
	over bool       // the answer has been given: the server has the body back

	// A tenant that takes no more of the body is not waited for longer than a
	// browser that sends no more.
	untaken  *time.Timer
	stuck    atomic.Bool
	answered atomic.Bool
	cancel   context.CancelFunc

	mu   sync.Mutex
	kept []byte // what was read, of a body that may have to be sent once more
}

// keptMost is how long a body may be to be kept until the tenant has answered.
const keptMost = 32 << 10

var errTooLarge = errors.New("the body is larger than what is relayed")

// watch puts bounds on a request's body.
func (u *upload) watch(r *http.Request, w http.ResponseWriter, most int64, idle time.Duration) {
	if r.Body == nil || r.Body == http.NoBody {
		return
	}
	// A framework lends its writers to one request after another.
	u.body, u.control, u.idle = r.Body, http.NewResponseController(serversOwn(w)), idle
	u.left.Store(most)
	u.trailer = r.Trailer
	u.trimTrailer()
}

// trimTrailer takes away what must not reach the tenant as a header either: of
// what was announced, and once the body has ended, of what has come.
func (u *upload) trimTrailer() {
	for name := range u.trailer {
		if isWithheld(name) {
			delete(u.trailer, name)
		}
	}
}

// giveTo makes the body that of the tenant's request, whose trace tells when all
// of it is on its way.
func (u *upload) giveTo(out *http.Request, trace *httptrace.ClientTrace) {
	switch {
	case u.body == nil || out.ContentLength == 0:
		out.Body = http.NoBody
	case 0 < out.ContentLength && out.ContentLength <= keptMost && !claimsRepeatable(out.Header):
		// A tenant that retires a connection says which requests it has not looked
		// at: they are lost unless they can be sent by another.
		u.kept = make([]byte, 0, out.ContentLength)
		out.Body = &sending{upload: u}
		out.GetBody = func() (io.ReadCloser, error) { return &sending{upload: u}, nil }
	default:
		out.Body = u
	}
	if out.Body == http.NoBody {
		return
	}
	var ctx context.Context
	ctx, u.cancel = context.WithCancel(out.Context())
	u.untaken = time.AfterFunc(u.idle, func() {
		u.stuck.Store(true)
		u.cancel()
	})
	u.untaken.Stop() // until there is something to take
	trace.WroteRequest = u.sent
	*out = *out.WithContext(ctx)
}

// claimsRepeatable reports whether a request has a header by which the library
// takes a POST for one that may be done twice, provided that it can read the body
// again. Whether the tenant knows the header we cannot tell, so the body of such
// a request is not kept. It then gets no second attempt either when the tenant
// refuses its token, or has not looked at it.
func claimsRepeatable(h http.Header) bool {
	return h["Idempotency-Key"] != nil || h["X-Idempotency-Key"] != nil
}

// sent notes that the tenant has all of the body: from now on the transport
// bounds how long it may think. An attempt that failed says nothing of the next.
func (u *upload) sent(attempt httptrace.WroteRequestInfo) {
	if attempt.Err == nil {
		u.untaken.Stop()
	}
}

// offer gives the tenant its time to take what has been read.
func (u *upload) offer() {
	if u.untaken.Reset(u.idle); u.answered.Load() {
		u.untaken.Stop()
	}
}

// settle notes that the tenant has answered: what it does not take from now on
// it does not want.
func (u *upload) settle() {
	if u.answered.Store(true); u.untaken != nil {
		u.untaken.Stop()
	}
}

// sending is one attempt to send a body that is kept. What an attempt before
// it has read, and may still be reading, is not lost to it.
type sending struct {
	*upload
	offset int
	closed atomic.Bool
}

// Read reads what is kept, and then on.
func (s *sending) Read(p []byte) (int, error) {
	if s.closed.Load() {
		return 0, http.ErrBodyReadAfterClose
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.offset < len(s.kept) {
		n := copy(p, s.kept[s.offset:])
		s.offset += n
		s.offer()
		return n, nil
	}
	n, err := s.upload.Read(p)
	s.kept = append(s.kept, p[:n]...)
	s.offset += n
	return n, err
}

// Close ends the attempt, and leaves the body to the next.
func (s *sending) Close() error {
	s.closed.Store(true)
	return nil
}

// Read reads on, within bounds.
func (u *upload) Read(p []byte) (int, error) {
	now := time.Now()
	if !u.setDeadline(now.Add(u.idle)) {
		return 0, http.ErrBodyReadAfterClose
	}
	u.untaken.Stop()
	u.since.Store(now.UnixNano())
	n, err := u.body.Read(p)
	if u.left.Add(-int64(n)) < 0 {
		return 0, errTooLarge
	}
	if err == nil || err == io.EOF {
		u.since.Store(0)
		u.offer() // also the end, which the tenant may not have room for
	}
	if u.broken.Store(err != nil && err != io.EOF); err == io.EOF {
		// The deadline is the connection's, and the next request has its own.
		u.setDeadline(time.Time{})
		u.trimTrailer()
		u.whole.Store(true)
	}
	return n, err
}

// setDeadline bounds reads, and reports whether there may still be any.
func (u *upload) setDeadline(at time.Time) bool {
	u.turn.Lock()
	defer u.turn.Unlock()
	if !u.over {
		_ = u.control.SetReadDeadline(at)
	}
	return !u.over
}

// Close does nothing: what is left of the body is the server's to deal with, and
// a browser that waits to be asked for it sends none of it yet.
func (u *upload) Close() error { return nil }

// finish lets nobody read on.
func (u *upload) finish() {
	u.settle()
	u.turn.Lock()
	u.over = true
	u.turn.Unlock()
	if u.cancel != nil {
		u.cancel()
	}
}

// goesOn reports whether there may be more of the body to come.
func (u *upload) goesOn() bool { return u.body != nil && !u.whole.Load() }

// notTaken reports whether the tenant has stopped to take the body.
func (u *upload) notTaken() bool { return u.stuck.Load() }

func (u *upload) tooLarge() bool { return u.left.Load() < 0 }

// malformed reports whether the body could not be read to its end. left says
// that the request's context has ended, which the server sees to by itself when
// a read fails, possibly before the read returns.
func (u *upload) malformed(left bool) bool { return u.broken.Load() || left && u.since.Load() != 0 }

// tooSlow reports whether the last read has met its deadline.
func (u *upload) tooSlow() bool {
	since := u.since.Load()
	return since != 0 && time.Since(time.Unix(0, since)) >= u.idle
}
