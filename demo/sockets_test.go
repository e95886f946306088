package demo_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/coder/websocket"

	"vitrine/demo"
	"vitrine/demo/demotest"
)

func dial(t *testing.T, s *demotest.Server, path string, header map[string]string) (*websocket.Conn, int) {
	t.Helper()
	o := &websocket.DialOptions{HTTPHeader: http.Header{}}
	for name, value := range header {
		o.HTTPHeader.Set(name, value)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
	defer cancel()
	conn, resp, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(s.URL, "http")+path, o)
	if err != nil {
		if resp == nil {
			t.Fatal(err)
		}
		return nil, resp.StatusCode
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	return conn, resp.StatusCode
}

// closeCode reads until the socket ends; -1 is an end without a close frame.
func closeCode(t *testing.T, conn *websocket.Conn) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
	defer cancel()
	for {
		if _, _, err := conn.Read(ctx); err != nil {
			if ctx.Err() != nil {
				t.Error("the socket stays open")
			}
			return int(websocket.CloseStatus(err))
		}
	}
}

func firstApp(t *testing.T, s *demotest.Server, token, query string) string {
	t.Helper()
	return all(t, s, token, "/api/v1/items?limit=1&"+query)[0]["resourceId"].(string)
}

func TestUpgradeIsGuarded(t *testing.T) {
	s := demotest.New(t)
	token := s.AccessToken(t, s.Viewer())
	app := firstApp(t, s, token, "")
	bearer := "Bearer " + token
	temporary := post(t, s, "/oauth/token", map[string]string{
		"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "client_id": s.ClientID, "subject_token": token, "purpose": "websocket",
	}, nil).text("access_token")
	for name, row := range map[string]struct {
		path   string
		header map[string]string
		status int
	}{
		"bearer":                  {"/app/" + app, map[string]string{"Authorization": bearer}, 101},
		"identity and ttl":        {"/app/" + app + "/identity/a%2Fb/ttl/30?reloadUri=x", map[string]string{"Authorization": bearer}, 101},
		"temporary token":         {"/app/" + app + "?accessToken=" + url.QueryEscape(temporary), nil, 101},
		"own origin":              {"/app/" + app, map[string]string{"Authorization": bearer, "Origin": s.URL}, 101},
		"nothing":                 {"/app/" + app, nil, 401},
		"access token in the URL": {"/app/" + app + "?accessToken=" + url.QueryEscape(token), nil, 401},
		"foreign origin":          {"/app/" + app, map[string]string{"Authorization": bearer, "Origin": "https://portal.example"}, 403},
		"nonsense path":           {"/app/" + app + "/identity", map[string]string{"Authorization": bearer}, 404},
	} {
		t.Run(name, func(t *testing.T) {
			if _, status := dial(t, s, row.path, row.header); status != row.status {
				t.Errorf("got %d, want %d", status, row.status)
			}
		})
	}
}

func TestHiddenAppClosesTheSocket(t *testing.T) {
	s := demotest.New(t)
	hidden := firstApp(t, s, s.AccessToken(t, s.Analyst()), "spaceId=personal")
	conn, _ := dial(t, s, "/app/"+hidden, map[string]string{"Authorization": "Bearer " + s.AccessToken(t, s.Admin())})
	if conn == nil {
		t.Fatal("no socket")
	}
	if got := closeCode(t, conn); got != 4203 {
		t.Errorf("got %d, want 4203", got)
	}
}

func TestRevocationClosesItsSocketsOnly(t *testing.T) {
	s := demotest.New(t)
	one, two := s.AccessToken(t, s.Viewer()), s.AccessToken(t, s.Viewer())
	apps := all(t, s, one, "/api/v1/items?limit=2")
	open := func(token string, i int) *websocket.Conn {
		conn, _ := dial(t, s, "/app/"+apps[i]["resourceId"].(string), map[string]string{"Authorization": "Bearer " + token})
		if conn == nil {
			t.Fatal("no socket")
		}
		return conn
	}
	alone, shared, other := open(one, 0), open(one, 1), open(two, 1)
	if got := s.Stats(); got.Sockets != 3 || got.OpenSockets != 3 {
		t.Errorf("stats: %+v", got)
	}
	post(t, s, "/oauth/revoke", map[string]string{"token": one}, nil)
	if got := closeCode(t, alone); got != 4006 {
		t.Errorf("got %d, want 4006", got)
	}
	if got := closeCode(t, shared); got != 4006 {
		t.Errorf("with the same app open on another token: got %d, want 4006", got)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	for {
		if _, _, err := other.Read(ctx); err != nil {
			break
		}
	}
	if ctx.Err() == nil {
		t.Error("another sign-in of the same person lost its socket")
	}
}

func TestExpiredTokenClosesItsSockets(t *testing.T) {
	c := newClock()
	s := demotest.New(t, withClock(c))
	token := s.AccessToken(t, s.Viewer())
	conn, _ := dial(t, s, "/app/"+firstApp(t, s, token, ""), map[string]string{"Authorization": "Bearer " + token})
	c.move(6 * time.Hour)
	if got := closeCode(t, conn); got != 4006 {
		t.Errorf("got %d, want 4006", got)
	}
}

func TestSocketsEndOnDemand(t *testing.T) {
	s := demotest.New(t)
	token := s.AccessToken(t, s.Viewer())
	app, header := firstApp(t, s, token, ""), map[string]string{"Authorization": "Bearer " + token}
	conn, _ := dial(t, s, "/app/"+app, header)
	if _, _, err := conn.Read(t.Context()); err != nil { // the greeting: the engine knows the socket now
		t.Fatal(err)
	}
	if n := s.CloseSockets(s.Viewer().Email, app, 4003, "drill"); n != 1 {
		t.Errorf("%d sockets closed", n)
	}
	if got := closeCode(t, conn); got != 4003 {
		t.Errorf("got %d, want 4003", got)
	}
	s.Inject(demo.Fault{Path: "/app/", Kind: demo.FaultSocketCut, Delay: 20 * time.Millisecond, Count: 1})
	conn, _ = dial(t, s, "/app/"+app, header)
	if got := closeCode(t, conn); got != -1 {
		t.Errorf("got close code %d, want a cut", got)
	}
}

func TestRecentlyUsedAppsComeFirst(t *testing.T) {
	s := demotest.New(t)
	token := s.AccessToken(t, s.Viewer())
	app := firstApp(t, s, token, "sort=%2BupdatedAt")
	dial(t, s, "/app/"+app, map[string]string{"Authorization": "Bearer " + token})
	if got := firstApp(t, s, token, "sort=-recentlyUsed"); got != app {
		t.Errorf("got %s, want %s", got, app)
	}
}

func TestRuntimeFiles(t *testing.T) {
	s := demotest.New(t, func(o *demo.Options) {
		o.Runtime = fstest.MapFS{
			"main.js": {Data: []byte("plain")}, "main.js.br": {Data: []byte("brotli")}, "main.js.gz": {Data: []byte("gzip")},
			"chunk-AB12CD34.js": {Data: []byte("chunk")},
		}
	})
	get := func(name, accept string) answer {
		return do(t, request(t, "GET", s.URL+"/qlik-embed/"+name, "", map[string]string{"Accept-Encoding": accept, "Origin": "https://portal.example"}))
	}
	for accept, want := range map[string]string{"identity": "plain", "gzip": "gzip", "gzip, br": "brotli", "br;q=0, gzip": "gzip"} {
		if a := get("main.js", accept); a.raw != want || !strings.HasPrefix(a.header.Get("Content-Type"), "text/javascript") ||
			a.header.Get("Access-Control-Allow-Origin") != "*" || strings.Contains(a.header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %q %v", accept, a.raw, a.header)
		}
	}
	if a := get("chunk-AB12CD34.js", "identity"); !strings.Contains(a.header.Get("Cache-Control"), "immutable") {
		t.Errorf("chunk: %v", a.header)
	}
	for _, name := range []string{"main.js.br", "absent.js", "%2e%2e/secret"} {
		if a := get(name, "identity"); a.status != 404 {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	bare := demotest.New(t)
	if a := do(t, request(t, "GET", bare.URL+"/qlik-embed/main.js", "", nil)); a.status != 200 || !strings.Contains(a.raw, "make assets") {
		t.Errorf("without a runtime: %d %s", a.status, a.raw)
	}
}
