package proxy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"vitrine/auth"
)

// What the browser says last reaches the tenant as it was said, as what the
// tenant says last reaches the browser: engine sessions end by it, or stay.
func TestCloseCodesOfTheBrowserCross(t *testing.T) {
	for name, tt := range map[string]struct {
		code   websocket.StatusCode
		reason string
	}{
		"done":                    {websocket.StatusNormalClosure, ""},
		"with a reason":           {websocket.StatusNormalClosure, "session.close()"},
		"going away":              {websocket.StatusGoingAway, ""},
		"a code of the libraries": {4000, "suspended"},
		"none":                    {websocket.StatusNoStatusRcvd, ""},
	} {
		ended := make(chan error, 1)
		base, _ := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
			conn, err := websocket.Accept(w, r, nil)
			if err != nil {
				return
			}
			defer conn.CloseNow()
			_, _, err = conn.Read(r.Context())
			ended <- err
		})
		conn := dial(t, base)
		_ = conn.Close(tt.code, tt.reason)
		var got websocket.CloseError
		if err := <-ended; !errors.As(err, &got) || got.Code != tt.code || got.Reason != tt.reason {
			t.Errorf("%s: the tenant saw %v, want %d %q", name, err, tt.code, tt.reason)
		}
	}
}

// Pings are answered by who was asked, and not by us: they are how either side
// learns whether the other is there.
func TestPingsCrossBothWays(t *testing.T) {
	asked := make(chan string, 1)
	answered := make(chan error, 1)
	base, _ := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
			OnPingReceived: func(_ context.Context, payload []byte) bool { asked <- string(payload); return true },
		})
		if err != nil {
			return
		}
		defer conn.CloseNow()
		ctx := conn.CloseRead(r.Context())
		answered <- conn.Ping(ctx)
		<-ctx.Done()
	})
	pinged := make(chan string, 1)
	conn, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(base, "http")+"/qlik/app/x", &websocket.DialOptions{
		OnPingReceived: func(_ context.Context, payload []byte) bool { pinged <- string(payload); return true },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	reading := conn.CloseRead(ctx)
	if err := conn.Ping(reading); err != nil {
		t.Errorf("the browser's ping: %v", err)
	}
	if err := <-answered; err != nil {
		t.Errorf("the tenant's ping: %v", err)
	}
	if len(asked) != 1 || len(pinged) != 1 {
		t.Errorf("%d pings reached the tenant and %d the browser, want 1 each", len(asked), len(pinged))
	}
}

// A socket was opened with a token, and is not asked for one again.
func TestSocketsLiveThroughRefresh(t *testing.T) {
	base, p := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case isUpgrade(r):
			echo(w, r)
		case r.Header.Get("Authorization") != "Bearer token-2":
			w.WriteHeader(http.StatusUnauthorized)
		}
	}, func(o *Options) { o.Refresh = toToken2 })
	conn := dial(t, base)
	roundTrip(t, conn, "before")
	if resp, _ := do(t, request(t, "GET", base+"/qlik/x")); resp.StatusCode != http.StatusOK {
		t.Fatalf("%d, want a renewed token", resp.StatusCode)
	}
	roundTrip(t, conn, "after")
	if n := p.Sockets.Count(auth.Handle("session-1")); n != 1 {
		t.Errorf("%d sockets, want the one", n)
	}
}

// What goes wrong is told with what was asked, and without what opens it.
func TestNoSecretsInLogsAndErrors(t *testing.T) {
	var log bytes.Buffer
	base, _ := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/refused" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		panic(http.ErrAbortHandler)
	}, func(o *Options) {
		o.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		o.Refresh = func(context.Context, auth.Session) (auth.Session, error) {
			return auth.Session{}, fmt.Errorf("%w: away", auth.ErrStore)
		}
	})
	for _, path := range []string{"/broken?accessToken=secret-1&x=1", "/refused?accessToken=secret-1"} {
		for _, upgrade := range []string{"", "websocket"} {
			header := []string{"Cookie", "vitrine=secret-2", "Authorization", "Bearer secret-3"}
			if upgrade != "" {
				header = append(header, "Connection", "Upgrade", "Upgrade", upgrade)
			}
			resp, body := do(t, request(t, "GET", base+"/qlik"+path, header...))
			if resp.StatusCode < 500 || strings.Contains(body, "secret") || strings.Contains(body, "token-1") {
				t.Errorf("%s %s: %d %s", path, upgrade, resp.StatusCode, body)
			}
		}
	}
	if got := log.String(); strings.Count(got, "\n") != 4 || strings.Contains(got, "secret") || strings.Contains(got, "token-1") || strings.Contains(got, "session-1") {
		t.Errorf("four faults were told as %s", got)
	}
}
