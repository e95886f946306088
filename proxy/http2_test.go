package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// byHTTP2 makes tenants what real ones are, until the test ends: asked by TLS,
// by HTTP/2 for all but sockets.
func byHTTP2(t *testing.T) {
	t.Helper()
	plain := startTenant
	t.Cleanup(func() { startTenant = plain })
	startTenant = func(t *testing.T, tenant http.Handler) *httptest.Server {
		t.Helper()
		return startSecure(t, tenant, func(*httptest.Server) {})
	}
}

func startSecure(t *testing.T, tenant http.Handler, change func(*httptest.Server)) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if want := map[bool]int{false: 2, true: 1}[isUpgrade(r)]; r.ProtoMajor != want || r.TLS == nil {
			t.Errorf("%s %s came by %s, want HTTP/%d over TLS", r.Method, r.URL, r.Proto, want)
		}
		tenant.ServeHTTP(w, r)
	}))
	s.EnableHTTP2 = true
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug) // more is dialled than is needed
	change(s)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// newSecureRelay stands a proxy before a tenant whose server is changed first.
func newSecureRelay(t *testing.T, tenant http.HandlerFunc, change func(*httptest.Server)) (base string, p *Proxy) {
	t.Helper()
	plain := startTenant
	defer func() { startTenant = plain }()
	startTenant = func(t *testing.T, tenant http.Handler) *httptest.Server {
		t.Helper()
		return startSecure(t, tenant, change)
	}
	return newRelay(t, tenant)
}

func TestTheSameByHTTP2(t *testing.T) {
	byHTTP2(t)
	for name, test := range map[string]func(*testing.T){
		"paths":               TestPathsArriveAsSent,
		"headers out":         TestTenantSeesBearerAndNothingOfOurs,
		"without a session":   TestWithoutSession,
		"uploads stream":      TestRequestBodiesStreamWithTrailersAndContinue,
		"answers stream":      TestAnswersStream,
		"large bodies":        TestLargeBodiesPassInConstantMemory,
		"bounded bodies":      TestBodiesAreBounded,
		"refused token":       TestRefusedTokenIsRenewedOnce,
		"refresh faults":      TestRefreshFaultsHaveTheirStatus,
		"a tenant away":       TestTenantAwayIsQliksForm,
		"a tenant that waits": TestSlowHeaderOfTenantIs504,
		"a browser that left": TestLeavingCancelsTheCall,
		"standstills":         TestStandstillsAreCut,
		"uploads not taken":   TestUploadsThatAreNotTakenAreGivenUp,
		"locations":           TestLocationComesBackUnderThePrefix,
		"versions":            TestMarkedVersionsAreTheTenantsAgain,
		"crowding out":        TestOneSessionCannotCrowdOutOthers,
		"rate limits":         TestRateLimitsAreObeyedPerPersonAndTier,
		"messages":            TestMessagesPassBothWays,
		"large messages":      TestLargeMessagesPassInConstantMemory,
		"engine addresses":    TestEngineAddresses,
		"close codes":         TestCloseCodesOfTheEngineCross,
		"refreshed upgrade":   TestUpgradeIsRefreshedOnceAndKeepsTheTenantsRefusal,
		"bounded sockets":     TestSocketsOfOneSessionAreBounded,
		"ended session":       TestEndedSessionClosesItsSockets,
		"drain":               TestDrainAsksSocketsToMove,
	} {
		t.Run(name, test)
	}
}

// The tenant's name is in the certificate it shows, in what it is asked for,
// and in the request; sockets are not asked for by HTTP/2, which would need
// another handshake (RFC 8441) than browsers and tenant agree upon.
func TestHostAndServerNameAreTheTenants(t *testing.T) {
	var got, addr string
	var resumed bool
	tenant := func(w http.ResponseWriter, r *http.Request) {
		got, resumed = fmt.Sprint(r.TLS.ServerName, " ", r.Host, " ", r.TLS.NegotiatedProtocol), r.TLS.DidResume
		if isUpgrade(r) {
			echo(w, r)
		}
	}
	base, p := newSecureRelay(t, tenant, func(s *httptest.Server) { addr = s.Listener.Addr().String() })
	transport := transportOf(p)
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
	p.tenant.Host = "example.com" // as in the test server's certificate
	do(t, request(t, "GET", base+"/qlik/x"))
	if want := "example.com example.com h2"; got != want {
		t.Errorf("the tenant was asked as %q, want %q", got, want)
	}
	roundTrip(t, dial(t, base), "hello")
	if want := "example.com example.com "; got != want {
		t.Errorf("a socket was asked for as %q, want %q", got, want)
	}
	if roundTrip(t, dial(t, base), "hello"); !resumed {
		t.Error("each socket begins TLS anew, certificate and all")
	}
	p.tenant.Host = "elsewhere.invalid"
	if resp, _ := do(t, request(t, "GET", base+"/qlik/x")); resp.StatusCode != http.StatusBadGateway {
		t.Errorf("a tenant with another's certificate: %d, want 502", resp.StatusCode)
	}
}

// One connection carries what is asked at the same time, and more are made
// when it is full: nobody waits for a place.
func TestStreamsShareConnectionsAndNeverWait(t *testing.T) {
	const streams, requests = 10, 35
	var opened, waiting atomic.Int32
	release := make(chan struct{})
	base, _ := newSecureRelay(t, func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			waiting.Add(1)
			<-release
		}
	}, func(s *httptest.Server) {
		s.Config.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: streams}
		s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				opened.Add(1)
			}
		}
	})
	for range 50 {
		do(t, request(t, "GET", base+"/qlik/x"))
	}
	if n := opened.Load(); n != 1 {
		t.Errorf("%d connections for requests one after the other, want 1", n)
	}
	var wg sync.WaitGroup
	for i := range requests {
		wg.Go(func() { do(t, request(t, "GET", base+fmt.Sprint("/qlik/slow?", i))) })
	}
	waitFor(t, "all to be asked at the same time", func() bool { return waiting.Load() == requests })
	close(release)
	wg.Wait()
	if n := opened.Load(); n < requests/streams || n > 3*requests { // some set out before one that has room is known
		t.Errorf("%d connections for %d requests of which %d fit on one", n, requests, streams)
	}
}

// A tenant retires connections all the time: whatever is under way then is
// answered, and what comes next goes another way. A body cannot be sent twice.
func TestRetiredConnectionsLoseNoRequest(t *testing.T) {
	var asked atomic.Int32
	base, _ := newSecureRelay(t, func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1)%7 == 0 {
			w.Header().Set("Connection", "close") // by HTTP/2 it becomes a GOAWAY
		}
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(body)
	}, func(*httptest.Server) {})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 40 {
				method, body := "GET", ""
				if j%2 == 0 {
					method, body = "POST", strings.Repeat("x", 1+i*j*100)
				}
				r := requestWith(t, base+fmt.Sprintf("/qlik/x?%d.%d", i, j), body)
				r.Method = method
				resp, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Error(err)
					return
				}
				got, err := io.ReadAll(resp.Body)
				_ = resp.Body.Close()
				if resp.StatusCode != http.StatusOK || string(got) != body || err != nil {
					t.Errorf("%s of %d bytes: %d with %d bytes, %v", method, len(body), resp.StatusCode, len(got), err)
				}
			}
		})
	}
	wg.Wait()
	if n := asked.Load(); n != 8*40 {
		t.Errorf("the tenant was asked %d times, want each question once: %d", n, 8*40)
	}
}

// An idle connection that was cut is found out before it costs a request.
func TestConnectionsThatWereCutAreReplaced(t *testing.T) {
	var server *httptest.Server
	base, _ := newSecureRelay(t, func(http.ResponseWriter, *http.Request) {}, func(s *httptest.Server) { server = s })
	for range 5 {
		for _, method := range []string{"GET", "POST"} {
			if resp, body := do(t, request(t, method, base+"/qlik/x")); resp.StatusCode != http.StatusOK {
				t.Errorf("%s: %d %s", method, resp.StatusCode, body)
			}
			server.CloseClientConnections()
			time.Sleep(20 * time.Millisecond) // until the news has come
		}
	}
}

// What one browser does to its own request is no matter of the others' on the
// same connection: leaving, and not reading.
func TestStreamsDoNotHarmOneAnother(t *testing.T) {
	var opened atomic.Int32
	left := make(chan error, 1)
	base, p := newSecureRelay(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/endless":
			_, _ = io.Copy(w, endless{})
			left <- r.Context().Err()
		case "/slow":
			_, _ = io.WriteString(w, "begun")
			_ = http.NewResponseController(w).Flush()
			_, _ = io.Copy(io.Discard, r.Body)
			_, _ = io.WriteString(w, " and done")
		}
	}, func(s *httptest.Server) {
		s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				opened.Add(1)
			}
		}
	})
	body, more := io.Pipe()
	slow := request(t, "POST", base+"/qlik/slow")
	slow.Body = body
	answered := make(chan string, 1)
	go func() {
		resp, err := http.DefaultClient.Do(slow)
		if err != nil {
			answered <- err.Error()
			return
		}
		defer resp.Body.Close()
		all, err := io.ReadAll(resp.Body)
		answered <- fmt.Sprint(string(all), err)
	}()
	waitFor(t, "the slow one to begin", func() bool { return p.underWay() == 1 })

	ctx, leave := context.WithCancel(t.Context())
	resp, err := http.DefaultClient.Do(request(t, "GET", base+"/qlik/endless").WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	time.Sleep(50 * time.Millisecond) // not reading, until nothing more fits
	for range 20 {
		do(t, request(t, "GET", base+"/qlik/x"))
	}
	leave()
	select {
	case err := <-left:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the tenant's handler ends with %v, want a cancelled stream", err)
		}
	case <-time.After(5 * time.Second):
		t.Error("the tenant goes on sending to a browser that has left")
	}
	_ = more.Close()
	if got := <-answered; got != "begun and done<nil>" {
		t.Errorf("the slow one got %q", got)
	}
	if n := opened.Load(); n > 2 { // two of the first may have set out at the same time
		t.Errorf("%d connections were opened", n)
	}
}

// A stream that the tenant ends in the middle of an answer is no whole answer,
// and one it ends before is an error of the tenant's.
func TestStreamsThatBreak(t *testing.T) {
	base, p := newSecureRelay(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/begun" {
			w.Header().Set("Trailer", "X-Checksum")
			_, _ = io.WriteString(w, "begun")
			_ = http.NewResponseController(w).Flush()
		}
		panic(http.ErrAbortHandler)
	}, func(*httptest.Server) {})
	resp, err := http.DefaultClient.Do(request(t, "GET", base+"/qlik/begun"))
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(resp.Body); err == nil || string(body) != "begun" {
		t.Errorf("%q, %v; want a broken answer", body, err)
	}
	_ = resp.Body.Close()
	if resp, body := do(t, request(t, "GET", base+"/qlik/x")); resp.StatusCode != http.StatusBadGateway || !strings.Contains(body, `"status":"502"`) {
		t.Errorf("%d %s, want 502 in Qlik's form", resp.StatusCode, body)
	}
	waitFor(t, "the exchanges to be forgotten", func() bool { return p.underWay() == 0 })
}

// What comes before an answer and behind it passes, announced or not, and
// without what is the tenant's own.
func TestHintsAndTrailersByHTTP2(t *testing.T) {
	base, _ := newSecureRelay(t, func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Link", "</a.css>; rel=preload")
		h.Set("Set-Cookie", "a=1")
		w.WriteHeader(http.StatusEarlyHints)
		h.Del("Link")
		h.Set("Trailer", "X-Checksum")
		_, _ = io.WriteString(w, "ok")
		h.Set("X-Checksum", "abc")
		h.Set(http.TrailerPrefix+"X-Late", "def")
		h.Set(http.TrailerPrefix+"Set-Cookie", "b=1")
	}, func(*httptest.Server) {})
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "GET /qlik/x HTTP/1.1\r\nHost: p\r\nTE: trailers\r\nConnection: close\r\n\r\n")
	all, _ := io.ReadAll(conn)
	got := string(all)
	for _, want := range []string{"HTTP/1.1 103 Early Hints\r\nLink: </qlik/a.css>; rel=preload\r\n\r\n", "HTTP/1.1 200 OK\r\n", "X-Checksum: abc\r\n", "X-Late: def\r\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	if strings.Contains(got, "Cookie") {
		t.Errorf("a cookie of the tenant's in %q", got)
	}
}

// A tenant that refuses a large upload says so at once, and need not take it.
func TestEarlyRefusalOfAnUpload(t *testing.T) {
	base, _ := newSecureRelay(t, func(w http.ResponseWriter, r *http.Request) {
		WriteError(w, http.StatusRequestEntityTooLarge, "HTTP-413", "Too large", "of the tenant")
	}, func(*httptest.Server) {})
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	_, _ = io.WriteString(conn, "POST /qlik/x HTTP/1.1\r\nHost: p\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n")
	answer := make([]byte, 12)
	if _, err := io.ReadFull(conn, answer); err != nil || string(answer) != "HTTP/1.1 413" {
		t.Errorf("%q, %v; want the tenant's 413 instead of 100", answer, err)
	}
}

// A browser behind an idle tenant's socket has no part in its TLS: what the
// tenant says last is not lost in it.
func TestLastWordsCrossTLS(t *testing.T) {
	base, p := newSecureRelay(t, func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		_ = conn.Write(r.Context(), websocket.MessageText, []byte(strings.Repeat("x", 100_000)))
		_ = conn.Close(4204, "App not found")
	}, func(*httptest.Server) {})
	conn := dial(t, base)
	_, message, err := conn.Read(t.Context())
	if err != nil || len(message) != 100_000 {
		t.Fatalf("%d bytes, %v", len(message), err)
	}
	if _, _, err = conn.Read(t.Context()); websocket.CloseStatus(err) != 4204 {
		t.Errorf("closed with %v, want 4204", err)
	}
	waitFor(t, "the socket to be forgotten", func() bool { return p.Sockets.Len() == 0 })
}
