package tunnel

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// An end that is there together with the last of the data is noticed at once.
func TestEndsBehindDataAreNoticed(t *testing.T) {
	cut := func(c *net.TCPConn) { c.Close() }
	for name, tt := range map[string]struct {
		last []byte
		end  func(*net.TCPConn)
	}{
		"a message, then the end":     {[]byte{0x81, 2, 'h', 'i'}, cut},
		"a message, then a reset":     {[]byte{0x81, 2, 'h', 'i'}, func(c *net.TCPConn) { _ = c.SetLinger(0); c.Close() }},
		"half a frame, then the end":  {[]byte{0x81, 5, 'h', 'i'}, cut},
		"a close frame, then the end": {closeFrame(4204, "gone"), cut},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, browser, engine, _ := openTunnel(t)
			k.run()
			first := []byte{0x81, 1, 'a'}
			k.mu.Lock() // the first message waits here
			_, _ = engine.Write(first)
			waitFor(t, "the first message", k.sent.Load)
			_, _ = engine.Write(tt.last)
			tt.end(engine)
			time.Sleep(50 * time.Millisecond)
			k.mu.Unlock()
			begun := time.Now()
			got, err := io.ReadAll(browser)
			if want := append(first, tt.last...); err != nil || !bytes.Equal(got, want) {
				t.Errorf("the browser received %x, %v; want %x and the end", got, err, want)
			}
			if took := time.Since(begun); took > 2*time.Second {
				t.Errorf("the end came after %v", took)
			}
		})
	}
}

// Closing a socket does not wait for directions that wait for each other's ends,
// nor for a tenant by TLS that is to be told.
func TestStuckSocketsCanBeClosed(t *testing.T) {
	for name, toTenant := range map[string]func(*testing.T) (tenant, engine net.Conn){
		"plain":  func(t *testing.T) (net.Conn, net.Conn) { return tcpPair(t) },
		"by TLS": tlsPair,
	} {
		t.Run(name, func(t *testing.T) {
			ours, browser := tcpPair(t)
			tenant, engine := toTenant(t)
			closed := make(chan struct{})
			k := newSocket(ours, tenant)
			k.closed = func() { close(closed) }
			k.run()
			for _, end := range []net.Conn{browser, engine} {
				frame := []byte{0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0} // 4 GiB to come
				go func() { _, _ = io.Copy(end, io.MultiReader(bytes.NewReader(frame), endless{})) }()
			}
			k.blocked(t)
			waitFor(t, "the tenant's buffers to be full", func() bool {
				k.received.Store(false)
				time.Sleep(100 * time.Millisecond)
				return !k.received.Load()
			})
			done := make(chan struct{})
			go func() { k.Close(); close(done) }()
			select {
			case <-done:
				<-closed
			case <-time.After(3 * time.Second):
				browser.Close()
				engine.Close()
				t.Fatal("it cannot be closed")
			}
		})
	}
}

// tlsPair is tcpPair, by TLS.
func tlsPair(t *testing.T) (tenant, engine net.Conn) {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	server.Close()
	near, far := tcpPair(t)
	accepted := tls.Server(far, server.TLS)
	go func() { _ = accepted.Handshake() }()
	dialled := tls.Client(near, &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs, ServerName: "example.com"})
	if err := dialled.Handshake(); err != nil {
		t.Fatal(err)
	}
	return dialled, accepted
}

// Behind half a frame nothing is said any more, not even farewell.
func TestNothingFollowsHalfAFrame(t *testing.T) {
	k, browser, _, closed := openTunnel(t)
	_ = k.browser.SetWriteDeadline(time.Unix(1, 0))
	if err := k.toBrowser([]byte{0x81, 2, 'h', 'i'}); err == nil {
		t.Fatal("it was sent")
	}
	_ = k.browser.SetWriteDeadline(time.Time{})
	for range silentChecks {
		k.checkAlive()
	}
	k.closeWith(CloseSessionEnded, "session ended")
	<-closed
	if got, _ := io.ReadAll(browser); len(got) > 0 {
		t.Errorf("%x was sent", got)
	}
}
