package proxy

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// upload is the body a browser sends. Its size is bounded, and so is how long
// each piece may take: a total would cut off whoever has a slow line.
type upload struct {
	io.ReadCloser
	control *http.ResponseController
	idle    time.Duration
	left    int64
	fault   error // why it was cut
}

var (
	errTooLarge = errors.New("the body is larger than what is relayed")
	errTooSlow  = errors.New("the body did not come in time")
)

// watch puts bounds on a request's body.
func (u *upload) watch(r *http.Request, w http.ResponseWriter, most int64, idle time.Duration) {
	if r.Body == nil || r.Body == http.NoBody {
		return
	}
	*u = upload{ReadCloser: r.Body, control: http.NewResponseController(w), idle: idle, left: most}
	r.Body = u
}

// Read reads on, within bounds.
func (u *upload) Read(p []byte) (int, error) {
	_ = u.control.SetReadDeadline(time.Now().Add(u.idle))
	n, err := u.ReadCloser.Read(p)
	switch u.left -= int64(n); {
	case u.left < 0:
		n, err = 0, errTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = errTooSlow
	case err == nil:
		return n, nil
	}
	// The deadline is the connection's: it must not outlive the body.
	_ = u.control.SetReadDeadline(time.Time{})
	if err != io.EOF {
		u.fault = err
	}
	return n, err
}
