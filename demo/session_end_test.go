package demo_test

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/coder/websocket"

	"vitrine/demo/demotest"
)

// cookieSocket opens an engine socket with a cookie session.
func cookieSocket(t *testing.T, s *demotest.Server, session map[string]string) *websocket.Conn {
	t.Helper()
	app := firstApp(t, s, s.AccessToken(t, s.Viewer()), "")
	conn, status := dial(t, s, "/app/"+app+"?qlik-csrf-token="+url.QueryEscape(session["qlik-csrf-token"]), map[string]string{"Cookie": session["Cookie"]})
	if status != 101 {
		t.Fatalf("upgrade: %d", status)
	}
	return conn
}

func TestSocketsEndWithTheirCookieSession(t *testing.T) {
	for name, end := range map[string]func(*demotest.Server, *clock, map[string]string){
		"signed out": func(s *demotest.Server, _ *clock, session map[string]string) {
			do(t, request(t, "GET", s.URL+"/logout", "", session))
		},
		"ended from outside": func(s *demotest.Server, _ *clock, _ map[string]string) {
			body := `{"person":"` + s.Viewer().Email + `"}`
			a := do(t, request(t, "POST", s.URL+"/_demo/sessions/end", body, map[string]string{"Content-Type": "application/json"}))
			if a.status != 200 || a.body["ended"] != 2.0 { // the one of the access token, too
				t.Errorf("end: %d %s", a.status, a.raw)
			}
		},
		"too old": func(_ *demotest.Server, c *clock, _ map[string]string) { c.move(25 * time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			c := newClock()
			s := demotest.New(t, withClock(c))
			viewer, analyst := cookies(t, s, s.Viewer().Email, s.Viewer().Password), cookies(t, s, s.Analyst().Email, s.Analyst().Password)
			conn := cookieSocket(t, s, viewer)
			end(s, c, viewer)
			if got := closeCode(t, conn); got != 4006 {
				t.Errorf("got %d, want 4006", got)
			}
			want := 200
			if name == "too old" {
				want = 401
			}
			if a := do(t, request(t, "GET", s.URL+"/api/v1/user-locale", "", analyst)); a.status != want {
				t.Errorf("somebody else: %d", a.status)
			}
		})
	}
}

func TestOpenSocketKeepsTheSessionBusy(t *testing.T) {
	c := newClock()
	s := demotest.New(t, withClock(c))
	viewer := cookies(t, s, s.Viewer().Email, s.Viewer().Password)
	conn := cookieSocket(t, s, viewer)
	for range 3 {
		c.move(20 * time.Minute)
		s.EndSessions("nobody") // looks at all sockets, as the watch does twice a second
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	for {
		if _, _, err := conn.Read(ctx); err != nil {
			if ctx.Err() == nil {
				t.Errorf("the socket closed: %v", err)
			}
			break
		}
	}
	if a := do(t, request(t, "GET", s.URL+"/api/v1/user-locale", "", viewer)); a.status != 200 {
		t.Errorf("after an hour with a sheet open: %d", a.status)
	}
}
