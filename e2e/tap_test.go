package e2e

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"testing"

	"vitrine/store/storetest"
)

// tap stands before the demo tenant and changes nothing. It remembers the
// tokens that pass, and it can be closed as a tenant that is gone.
type tap struct {
	t    *testing.T
	url  string
	addr string
	tls  *tls.Config // nil for plain http

	uploads http.ServeMux // files of app authors, which the demo tenant does not take

	mu       sync.Mutex
	server   *http.Server
	hijacked []net.Conn // open WebSockets, of which the server knows nothing
	tokens   []string
}

func startTap(t *testing.T, demoAddr string) *tap {
	t.Helper()
	return startTapWith(t, demoAddr, nil)
}

func startTapWith(t *testing.T, demoAddr string, secure *tls.Config) *tap {
	t.Helper()
	p := &tap{t: t, addr: "127.0.0.1:" + storetest.FreePort(t), tls: secure}
	listener := p.listen()
	p.url = "http://" + p.addr
	if secure != nil {
		p.url = "https://" + p.addr
	}
	target := &url.URL{Scheme: "http", Host: demoAddr}
	relay := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
		},
		ModifyResponse: p.remember,
		ErrorLog:       log.New(io.Discard, "", 0), // people close tabs in the middle of things
	}
	p.uploads.Handle("/", relay)
	p.serve(listener, &p.uploads)
	t.Cleanup(p.close)
	return p
}

func (p *tap) listen() net.Listener {
	p.t.Helper()
	listener, err := net.Listen("tcp", p.addr)
	if err != nil {
		p.t.Fatalf("listen for the tenant: %v", err)
	}
	if p.tls != nil {
		listener = tls.NewListener(listener, p.tls)
	}
	return listener
}

func (p *tap) serve(listener net.Listener, handler http.Handler) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.server = &http.Server{Handler: handler, ConnState: func(conn net.Conn, state http.ConnState) {
		if state == http.StateHijacked {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.hijacked = append(p.hijacked, conn)
		}
	}}
	go func(s *http.Server) { _ = s.Serve(listener) }(p.server)
}

// close takes the tenant away: open connections break, new ones are refused.
func (p *tap) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.server.Close()
	for _, conn := range p.hijacked {
		conn.Close()
	}
	p.hijacked = nil
}

// reopen brings the tenant back at the same address.
func (p *tap) reopen() {
	p.t.Helper()
	p.serve(p.listen(), p.server.Handler)
}

// remember keeps what a token response issues.
func (p *tap) remember(resp *http.Response) error {
	if resp.Request.URL.Path != "/oauth/token" {
		return nil
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	var issued map[string]any
	_ = json.Unmarshal(body, &issued) // an error answer issues nothing
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, name := range []string{"access_token", "refresh_token", "id_token"} {
		if token, _ := issued[name].(string); token != "" {
			p.tokens = append(p.tokens, token)
		}
	}
	return nil
}

// secrets lists every token that was issued so far.
func (p *tap) secrets() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.tokens)
}
