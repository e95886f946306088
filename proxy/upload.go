package proxy

import (
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// upload is the body a browser sends. Its size is bounded, and so is how long
// each piece may take: a total would cut off whoever has a slow line.
type upload struct {
	io.ReadCloser
	control *http.ResponseController
	idle    time.Duration
	left    atomic.Int64
	since   atomic.Int64 // when a read began that has not ended well; nought if none
	broken  atomic.Bool
}

var errTooLarge = errors.New("the body is larger than what is relayed")

// watch puts bounds on a request's body.
func (u *upload) watch(r *http.Request, w http.ResponseWriter, most int64, idle time.Duration) {
	if r.Body == nil || r.Body == http.NoBody {
		return
	}
	u.ReadCloser, u.control, u.idle = r.Body, http.NewResponseController(w), idle
	u.left.Store(most)
	r.Body = u
}

// Read reads on, within bounds.
func (u *upload) Read(p []byte) (int, error) {
	now := time.Now()
	u.since.Store(now.UnixNano())
	_ = u.control.SetReadDeadline(now.Add(u.idle))
	n, err := u.ReadCloser.Read(p)
	if u.left.Add(-int64(n)) < 0 {
		return 0, errTooLarge
	}
	if err == nil || err == io.EOF {
		u.since.Store(0)
	}
	if u.broken.Store(err != nil && err != io.EOF); err == io.EOF {
		// The deadline is the connection's, and the next request has its own.
		_ = u.control.SetReadDeadline(time.Time{})
	}
	return n, err
}

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
