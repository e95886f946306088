package qlik

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"
)

const idleTimeout = 90 * time.Second

// conn is a connection of a Transport, in use by one call or idle.
type conn struct {
	net.Conn
	to       string // scheme and host
	r        *bufio.Reader
	w        *bufio.Writer
	left     int64 // what may still be read
	received bool  // something came since the call began
	kept     bool  // it has served a call before
	since    time.Time
	quiet    func() bool // the network has brought neither what nobody asked for, nor the end
}

// unknown is the quietness of a connection that cannot be looked into.
func unknown() bool { return false }

// empty reports whether nothing is left of what was read from the network: what
// nobody asked for would be taken for the answer to the next call. By TLS it may
// stand in the library's buffers. A connection that has ended is not empty.
func (c *conn) empty() bool {
	_ = c.SetReadDeadline(longAgo) // nothing more is read
	_, err := c.r.Peek(1)
	_ = c.SetReadDeadline(time.Time{})
	return errors.Is(err, os.ErrDeadlineExceeded)
}

// Read counts down what may be read, and notes that something came.
func (c *conn) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, fmt.Errorf("head of the answer is longer than %d bytes", headerLimit)
	}
	if int64(len(p)) > c.left {
		p = p[:c.left]
	}
	n, err := c.Conn.Read(p)
	c.left -= int64(n)
	c.received = c.received || n > 0
	return n, err
}

// connect returns an idle connection to where r goes, or a new one.
func (t *Transport) connect(r *http.Request) (*conn, error) {
	if r.Context().Err() != nil {
		return nil, context.Cause(r.Context()) // nothing is begun that nobody waits for
	}
	to := r.URL.Scheme + "://" + r.URL.Host
	if c := t.idle.take(to); c != nil {
		return c, nil
	}
	raw, err := t.dial(r.Context(), r)
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: raw, to: to, quiet: quietness(raw)}
	c.r, c.w = bufio.NewReader(c), bufio.NewWriter(raw)
	return c, nil
}

func (t *Transport) dial(ctx context.Context, r *http.Request) (net.Conn, error) {
	port := r.URL.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[r.URL.Scheme]
	}
	dial := t.base.DialContext
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	raw, err := dial(ctx, "tcp", net.JoinHostPort(r.URL.Hostname(), port))
	if err != nil || r.URL.Scheme != "https" {
		return raw, err
	}
	if t.base.TLSHandshakeTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, t.base.TLSHandshakeTimeout)
		defer cancel()
	}
	own := t.tls
	if own.ServerName == "" {
		own = own.Clone()
		own.ServerName = r.URL.Hostname()
	}
	secure := tls.Client(raw, own)
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = raw.Close()
		return nil, err
	}
	return secure, nil
}

// idleConns are the connections that wait for a call.
type idleConns struct {
	mu    sync.Mutex
	conns []*conn // the longest idle first
	timer *time.Timer
}

// take returns the connection to that place that was used last: what idles
// long is closed the sooner.
func (i *idleConns) take(to string) *conn {
	for {
		c := i.pop(to)
		if c == nil || c.quiet() {
			return c
		}
		_ = c.Close()
	}
}

func (i *idleConns) pop(to string) *conn {
	i.mu.Lock()
	defer i.mu.Unlock()
	for n, c := range slices.Backward(i.conns) {
		if c.to == to {
			i.conns = slices.Delete(i.conns, n, n+1)
			return c
		}
	}
	return nil
}

func (i *idleConns) put(c *conn) {
	if !c.empty() {
		_ = c.Close()
		return
	}
	c.kept, c.since = true, time.Now()
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.conns) >= callLimit {
		_ = c.Close()
		return
	}
	i.conns = append(i.conns, c)
	if i.timer == nil {
		i.timer = time.AfterFunc(idleTimeout, i.sweep)
	}
}

// sweep closes what has been idle for too long.
func (i *idleConns) sweep() {
	i.mu.Lock()
	defer i.mu.Unlock()
	young := slices.IndexFunc(i.conns, func(c *conn) bool { return time.Since(c.since) < idleTimeout })
	if young < 0 {
		young = len(i.conns)
	}
	for _, c := range i.conns[:young] {
		_ = c.Close()
	}
	i.conns = slices.Delete(i.conns, 0, young)
	if i.timer = nil; len(i.conns) > 0 {
		i.timer = time.AfterFunc(idleTimeout-time.Since(i.conns[0].since), i.sweep)
	}
}
