package proxy

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vitrine/auth"
	"vitrine/proxy/tenantpath"
)

// What is public is for reading: nobody who is not signed in may make the
// tenant do anything, or take what they like of our room.
func TestStrangersMayJustRead(t *testing.T) {
	var asked int
	base, p := newRelay(t, func(http.ResponseWriter, *http.Request) { asked++ })
	for _, tt := range []struct {
		method, body string
		want         int
	}{{"GET", "", 200}, {"HEAD", "", 200}, {"DELETE", "", 401}, {"POST", "body", 401}, {"GET", "body", 401}, {"OPTIONS", "", 401}} {
		r := requestWith(t, base+"/qlik/qlik-embed/main.js", tt.body)
		r.Method = tt.method
		r.Header.Set("Test-Signed-Out", "yes")
		if resp, _ := do(t, r); resp.StatusCode != tt.want {
			t.Errorf("%s %q: %d, want %d", tt.method, tt.body, resp.StatusCode, tt.want)
		}
	}
	if asked != 2 {
		t.Errorf("the tenant was asked %d times, want 2", asked)
	}
	strange := &exchange{}
	if id, most := strange.counted(p.MaxRequests); id != "" || most != p.MaxRequests*strangers {
		t.Errorf("strangers are counted for %q, and have %d", id, most)
	}
}

func TestMethodsThatMirrorOrTunnelAreNotRelayed(t *testing.T) {
	base, _ := newRelay(t, func(http.ResponseWriter, *http.Request) { t.Error("it was relayed") })
	for _, method := range []string{"TRACE", "CONNECT"} {
		if resp, body := rawDo(t, base, method+" /qlik/x HTTP/1.1\r\nHost: portal.example.com\r\n\r\n"); resp.StatusCode != 405 {
			t.Errorf("%s: %d %q", method, resp.StatusCode, body)
		}
	}
}

// Whoever listens to events acts once the stream is open, and that may be what
// makes the first event.
func TestStreamOfEventsIsOpenBeforeThereAreAny(t *testing.T) {
	base, _ := newRelay(t, stubborn(t, 200, "Content-Type", "text/event-stream; charset=utf-8"))
	opened := make(chan struct{})
	go func() {
		resp, err := http.DefaultClient.Do(request(t, "GET", base+"/qlik/x"))
		if err == nil {
			close(opened)
			_ = resp.Body.Close()
		}
	}()
	select {
	case <-opened:
	case <-time.After(5 * time.Second):
		t.Error("its header waits for an event")
	}
}

// What comes behind an upgrade is never a request, so whoever keeps the
// connection for more of them must be told that it ends.
func TestRefusedUpgradeSaysThatItsConnectionEnds(t *testing.T) {
	const upgrade = "Host: portal.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n"
	base, _ := newRelay(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) })
	for name, request := range map[string]string{
		"by the tenant": "GET /qlik/app/x HTTP/1.1\r\n" + upgrade + "\r\n",
		"by us":         "GET /qlik/oauth/x HTTP/1.1\r\n" + upgrade + "\r\n",
		"signed out":    "GET /qlik/app/x HTTP/1.1\r\nTest-Signed-Out: yes\r\n" + upgrade + "\r\n",
	} {
		if resp, _ := rawDo(t, base, request); resp.StatusCode < 400 || !resp.Close {
			t.Errorf("%s: %s, %v", name, resp.Status, resp.Header)
		}
	}
}

func TestOldClientsGetNoInterimAnswers(t *testing.T) {
	base, _ := newRelay(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Link", "</x.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		_, _ = io.WriteString(w, "fine")
	})
	for version, want := range map[string]int{"1.0": 200, "1.1": 103} {
		resp, _ := rawDo(t, base, "GET /qlik/x HTTP/"+version+"\r\nHost: portal.example.com\r\nConnection: close\r\n\r\n")
		if resp.StatusCode != want {
			t.Errorf("HTTP/%s begins with %s, want %d", version, resp.Status, want)
		}
	}
}

// A body's trailers are headers that come late.
func TestTrailersOfRequestsHoldNothingOfOurs(t *testing.T) {
	var got http.Header
	base, _ := newRelay(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		got = r.Trailer
	})
	rawDo(t, base, "POST /qlik/x HTTP/1.1\r\nHost: portal.example.com\r\nTransfer-Encoding: chunked\r\n"+
		"Trailer: Cookie, Authorization, X-Http-Method-Override, X-Checksum\r\nConnection: close\r\n\r\n"+
		"1\r\na\r\n0\r\nCookie: a=b\r\nAuthorization: Bearer x\r\nX-Http-Method-Override: DELETE\r\nX-Checksum: 1\r\n\r\n")
	if len(got) != 1 || strings.Join(got["X-Checksum"], "") != "1" {
		t.Errorf("the tenant got %v", got)
	}
}

// By the answer to this question the libraries decide what kind of site we are:
// it is never a refusal.
func TestProductInfoIsAlwaysAnswered(t *testing.T) {
	var limited atomic.Bool
	base, p := newRelay(t, func(w http.ResponseWriter, _ *http.Request) {
		if !limited.Load() {
			panic(http.ErrAbortHandler) // the tenant is away
		}
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(http.StatusTooManyRequests)
	}, func(o *Options) { o.MaxRequests = 1 })
	answered := func(name string, header ...string) {
		t.Helper()
		resp, body := do(t, request(t, "GET", base+"/qlik"+tenantpath.ProductInfo, header...))
		if resp.StatusCode != http.StatusOK || !json.Valid([]byte(body)) {
			t.Errorf("%s: %d %s", name, resp.StatusCode, body)
		}
	}
	answered("the tenant is away")
	answered("the tenant is away, signed out", "Test-Signed-Out", "yes")
	x := &exchange{session: &auth.Session{ID: "session-1"}}
	p.traffic.enter(x)
	answered("too many at the same time")
	p.traffic.leave(x)
	limited.Store(true)
	do(t, request(t, "GET", base+"/qlik/resources/x.js"))
	answered("we were told to wait")
}
