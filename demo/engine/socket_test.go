package engine

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

func decode(t *testing.T, f frame) object {
	t.Helper()
	var o object
	if err := json.Unmarshal(f.Result, &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func TestSecondSocketOfASessionIsToldAndSharesSelections(t *testing.T) {
	s := newStand(t)
	first, second := s.openAs(t, "sales-app", "viewer=bob"), s.openAs(t, "sales-app", "viewer=bob")
	if first.state != "SESSION_CREATED" || second.state != "SESSION_ATTACHED" {
		t.Fatalf("states %s, %s", first.state, second.state)
	}
	chart := second.object("sales-by-country")
	first.call(first.object("sales-overview"), "GetLayout")
	first.call(first.object("sales-region"), "SelectListObjectValues", "/qListObjectDef", list{0}, true)
	f := second.read()
	if f.Method != "" || f.Result != nil || !slices.Equal(f.Change, []int{chart}) {
		t.Errorf("notification %+v, want change [%d]", f, chart)
	}
	if fields, _, _ := second.selectionBar(); len(fields) != 1 {
		t.Errorf("second socket sees %q", fields)
	}
}

func TestSelectionsAreSeparatePerViewerAppAndIdentity(t *testing.T) {
	s := newStand(t)
	c := s.openAs(t, "sales-app", "viewer=bob&identity=one")
	c.call(c.object("sales-region"), "SelectListObjectValues", "/qListObjectDef", list{0}, true)
	for _, query := range []string{"viewer=bob&identity=two", "viewer=bob", "viewer=carol&identity=one"} {
		other := s.openAs(t, "sales-app", query)
		if other.state != "SESSION_CREATED" {
			t.Errorf("%s: %s", query, other.state)
		}
		other.expectBar(nil, 0, 0)
	}
}

// gone waits until the engine has noticed that all sockets are closed.
func (s *stand) gone(t *testing.T) {
	t.Helper()
	s.left(t, 0)
}

// left waits until so many sockets are open.
func (s *stand) left(t *testing.T, want int) {
	t.Helper()
	for range 2000 {
		s.mu.Lock()
		n := len(s.sockets)
		s.mu.Unlock()
		if n == want {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("the socket is still there")
}

func TestSessionsSurviveTheirSocketForTheirTTL(t *testing.T) {
	s := newStand(t)
	c := s.openAs(t, "sales-app", "viewer=bob&ttl=60s")
	c.call(c.object("sales-region"), "SelectListObjectValues", "/qListObjectDef", list{0}, true)
	c.conn.CloseNow()
	s.gone(t)
	s.clock.now = s.clock.now.Add(59 * time.Second)
	c = s.openAs(t, "sales-app", "viewer=bob&ttl=60s")
	if c.state != "SESSION_ATTACHED" {
		t.Errorf("after 59 s: %s", c.state)
	}
	c.expectBar([]string{"Region=North America"}, 1, 0)
	c.conn.CloseNow()
	s.gone(t)
	s.clock.now = s.clock.now.Add(60 * time.Second)
	if c = s.openAs(t, "sales-app", "viewer=bob"); c.state != "SESSION_CREATED" {
		t.Errorf("after 60 s: %s", c.state)
	}
	c.conn.CloseNow()
	s.gone(t)
	if c = s.openAs(t, "sales-app", "viewer=bob"); c.state != "SESSION_CREATED" {
		t.Errorf("without ttl: %s", c.state)
	}
}

// A page with a socket of its own that keeps the session must not lose it to
// the charts, whose sockets ask for nothing and may be the last to go.
func TestLongestTTLOfASessionCounts(t *testing.T) {
	s := newStand(t)
	keeper, charts := s.openAs(t, "sales-app", "viewer=bob&ttl=60s"), s.openAs(t, "sales-app", "viewer=bob")
	keeper.conn.CloseNow()
	s.left(t, 1)
	charts.conn.CloseNow()
	s.gone(t)
	if c := s.openAs(t, "sales-app", "viewer=bob"); c.state != "SESSION_ATTACHED" {
		t.Errorf("after both: %s", c.state)
	}
}

func TestAppsOneMayNotOpenAreRefusedOverTheSocket(t *testing.T) {
	s := newStand(t)
	for _, tt := range []struct {
		app   string
		code  websocket.StatusCode
		state string
	}{{"nowhere", closeNotFound, ""}, {"closed-app", closeNoAccess, "SESSION_ERROR_APP_ACCESS_DENIED"}} {
		c := s.dial(t, tt.app, "viewer=bob")
		if tt.state != "" {
			if got := c.read().Params["qSessionState"]; got != tt.state {
				t.Errorf("%s: state %v", tt.app, got)
			}
		}
		_, err := c.tryRead()
		if websocket.CloseStatus(err) != tt.code || !strings.Contains(err.Error(), "QEP-104") {
			t.Errorf("%s: %v, want close code %d", tt.app, err, tt.code)
		}
	}
	c := s.dial(t, "sales-app", "viewer=bob")
	c.read()
	if code := c.refused(-1, "OpenDoc", "finance-app"); code != codeAppNotFound {
		t.Errorf("another app than the address says: code %d", code)
	}
}

func TestPrivateSheetsBelongToTheirOwner(t *testing.T) {
	s := newStand(t)
	bob, alice := s.openAs(t, "sales-app", "viewer=bob"), s.openAs(t, "sales-app", "viewer=alice")
	for _, id := range []string{"sales-draft", "sales-draft-cities"} {
		if code := bob.refused(bob.doc, "GetObject", id); code != codeNotFound {
			t.Errorf("bob and %s: code %d", id, code)
		}
		alice.object(id)
	}
	meta := alice.layout(alice.object("sales-draft"))["qMeta"].(object)
	if meta["published"] != false || meta["approved"] != false || meta["ownerId"] != "alice" {
		t.Errorf("meta %v", meta)
	}
}

func TestOpeningWithoutDataIsAModeOfTheSession(t *testing.T) {
	s := newStand(t)
	c := s.dial(t, "sales-app", "viewer=bob")
	c.read()
	c.doc = handleIn(t, c.call(-1, "OpenDoc", "sales-app", "", "", "", true))
	if n := len(dig(t, c.layout(c.create(sheetListProps)), "qAppObjectList", "qItems").(list)); n != 5 {
		t.Errorf("%d sheets without data", n)
	}
	if n := c.rowsOf(c.object("sales-by-country")); n != 0 {
		t.Errorf("%d rows without data", n)
	}
	if code := c.refused(-1, "OpenDoc", "sales-app", "", "", "", false); code != codeOtherMode {
		t.Errorf("other mode: code %d", code)
	}
}

func TestEngineCanCloseSockets(t *testing.T) {
	s := newStand(t)
	bob, alice := s.openAs(t, "sales-app", "viewer=bob&ttl=60s"), s.openAs(t, "sales-app", "viewer=alice")
	if n := s.CloseSockets(func(viewer, app string) bool { return viewer == "bob" && app == "sales-app" }, 4006, "auth failed"); n != 1 {
		t.Errorf("closed %d", n)
	}
	if _, err := bob.tryRead(); websocket.CloseStatus(err) != 4006 {
		t.Errorf("bob: %v", err)
	}
	alice.appLayout()
	if again := s.openAs(t, "sales-app", "viewer=bob&ttl=60s"); again.state != "SESSION_ATTACHED" {
		t.Errorf("after 4006: %s", again.state)
	}
	s.CloseSockets(func(viewer, _ string) bool { return viewer == "bob" }, closeTerminating, "")
	if again := s.openAs(t, "sales-app", "viewer=bob"); again.state != "SESSION_CREATED" {
		t.Errorf("after 4003: %s", again.state)
	}
}

func TestFramesThatAreTooBigEndTheSocket(t *testing.T) {
	c := newStand(t).open(t, "sales-app")
	_ = c.conn.Write(t.Context(), websocket.MessageText, bytes.Repeat([]byte(" "), maxFrame+1))
	if _, err := c.tryRead(); websocket.CloseStatus(err) != websocket.StatusMessageTooBig {
		t.Errorf("error %v", err)
	}
}

func TestUnknownMethodsAreLoggedLoudly(t *testing.T) {
	var mu sync.Mutex
	var out bytes.Buffer
	e := New(Options{Apps: testApps, Logger: slog.New(slog.NewTextHandler(lockedWriter{&mu, &out}, nil))})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.ServeApp(w, r, Viewer{ID: "bob", CanSee: func(string) bool { return true }}, "sales-app", "", 0)
	}))
	t.Cleanup(func() { e.Close(); server.Close() })
	s := &stand{Engine: e, url: "ws" + strings.TrimPrefix(server.URL, "http")}
	c := s.open(t, "sales-app")
	c.refused(c.doc, "GetHyperCubePivotData")
	mu.Lock()
	defer mu.Unlock()
	if !strings.Contains(out.String(), "UNKNOWN METHOD") || !strings.Contains(out.String(), "GetHyperCubePivotData") {
		t.Errorf("log: %s", out.String())
	}
}

type lockedWriter struct {
	mu  *sync.Mutex
	out *bytes.Buffer
}

func (w lockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out.Write(p)
}

// Many sockets of one session at once, for the race detector and for deadlocks.
func TestManySocketsOfOneSessionAtOnce(t *testing.T) {
	s := newStand(t)
	var wg sync.WaitGroup
	for i := range 4 {
		c := s.open(t, "sales-app")
		chart, box := c.object("sales-by-country"), c.object("sales-region")
		wg.Go(func() {
			for n := range 5 {
				for _, send := range []func() frame{
					func() frame {
						return c.send(box, "SelectListObjectValues", list{"/qListObjectDef", list{(i + n) % 4}, true})
					},
					func() frame { return c.send(chart, "GetLayout", list{}) },
					func() frame { return c.send(c.doc, "Back", list{}) },
				} {
					if f := send(); f.Error != nil {
						t.Errorf("socket %d: %v", i, f.Error)
					}
				}
			}
		})
	}
	wg.Wait()
}
