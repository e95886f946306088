package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"vitrine/store/storetest"
)

const (
	socketSessions = 40
	socketsEnded   = 30 // of them by signing out
	closeEnded     = websocket.StatusCode(4006)
)

// openSocket is a WebSocket and how it ended.
type openSocket struct {
	conn   *websocket.Conn
	closed chan struct{}
	at     time.Time
	err    error
}

// open makes a socket to an app through replica i, as the libraries do.
func (s *replicaSet) open(t *testing.T, i int, appID, cookie string) *openSocket {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	conn, resp, err := websocket.Dial(ctx, strings.Replace(s.bases[i], "http", "ws", 1)+"/qlik/app/"+appID, &websocket.DialOptions{
		HTTPHeader: http.Header{"Cookie": {cookie}, "Origin": {s.publicURL}},
	})
	if err != nil {
		t.Fatalf("open a socket on replica %d: %v", i, err)
	}
	if resp.Body != nil {
		_ = resp.Body.Close()
	}
	k := &openSocket{conn: conn, closed: make(chan struct{})}
	t.Cleanup(func() { _ = conn.CloseNow() })
	go func() {
		defer close(k.closed)
		for k.err == nil {
			_, _, k.err = conn.Read(context.Background())
		}
		k.at = time.Now()
	}()
	return k
}

// awaitEnd waits for the socket's end and wants it to be ours.
func (k *openSocket) awaitEnd(t *testing.T, within time.Duration) (at time.Time) {
	t.Helper()
	select {
	case <-k.closed:
	case <-time.After(within):
		t.Errorf("a socket is still open after %v", within)
		return time.Now()
	}
	var closing websocket.CloseError
	if !errors.As(k.err, &closing) || closing.Code != closeEnded || closing.Reason == "" {
		t.Errorf("a socket ended with %v, want close code 4006 and a reason", k.err)
	}
	return k.at
}

// TestEndReachesEverySocket: what ends a session on one replica closes its
// sockets on all others and has all others refuse it, and nobody else notices.
func TestEndReachesEverySocket(t *testing.T) {
	redis := storetest.Redis(t)
	// The tenant leaves sockets of revoked tokens open, so whoever closes them
	// is us.
	set := startReplicas(t, redis.URL, replicaTenantOptions{deadSockets: true})
	cookies := set.signInMany(set.tenant.NewBrowser(t), socketSessions)
	appID := set.anApp(t, cookies[0])
	sockets := make([][]*openSocket, socketSessions)
	for i, cookie := range cookies {
		for replica := range replicaCount {
			sockets[i] = append(sockets[i], set.open(t, replica, appID, cookie))
		}
	}

	var mu sync.Mutex
	var closing, refusing []time.Duration
	var wg sync.WaitGroup
	for worker := range replicaCount { // each signs out on another replica
		wg.Go(func() {
			for i := worker; i < socketsEnded; i += replicaCount {
				sent, refused := set.signOut(t, worker, cookies[i])
				mu.Lock()
				refusing = append(refusing, refused)
				for _, k := range sockets[i] {
					closing = append(closing, k.awaitEnd(t, 5*time.Second).Sub(sent))
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	t.Logf("from the request to sign out to the close frame, %d sockets: p50 %v, p99 %v, longest %v", len(closing), percentile(closing, 50), percentile(closing, 99), percentile(closing, 100))
	t.Logf("from the answer to a sign-out to the refusal on every replica, %d sessions: p50 %v, longest %v", len(refusing), percentile(refusing, 50), percentile(refusing, 100))
	if p := percentile(closing, 99); p >= time.Second {
		t.Errorf("p99 from sign-out to closed sockets is %v", p)
	}
	if p := percentile(refusing, 100); p >= time.Second {
		t.Errorf("a session was served for %v after its end", p)
	}
	for i := socketsEnded; i < socketSessions; i++ {
		for replica, k := range sockets[i] {
			select {
			case <-k.closed:
				t.Errorf("a socket of another session on replica %d ended with %v", replica, k.err)
			default:
			}
		}
	}
	testIdleEndClosesSockets(t, redis, slices.Concat(sockets[socketsEnded:]...))
}

// testIdleEndClosesSockets: a session that runs out closes its sockets, too.
// The shortest idle time of the program is a minute, so the test lets Redis
// forget the sessions sooner; the replicas learn of that when they lose the
// connection that brings news.
func testIdleEndClosesSockets(t *testing.T, redis *storetest.RedisServer, sockets []*openSocket) {
	t.Helper()
	left, begun := 0, time.Now()
	for _, key := range redisKeys(t, redis.Addr) {
		if strings.HasPrefix(key, "vitrine:session:") {
			mustAskRedis(t, redis.Addr, "PEXPIRE", key, "2000")
			left++
		}
	}
	end := time.Now().Add(2 * time.Second)
	if want := socketSessions - socketsEnded; left != want {
		t.Errorf("%d sessions are left, want %d", left, want)
	}
	mustAskRedis(t, redis.Addr, "CLIENT", "KILL", "TYPE", "pubsub")
	var late []time.Duration
	for _, k := range sockets {
		at := k.awaitEnd(t, 5*time.Second)
		if early := begun.Add(2 * time.Second).Sub(at); early > 100*time.Millisecond {
			t.Errorf("a socket was closed %v before its session's end", early)
		}
		late = append(late, at.Sub(end))
	}
	t.Logf("from the end of an idle session to the close frame, %d sockets: p50 %v, longest %v", len(late), percentile(late, 50), percentile(late, 100))
	if p := percentile(late, 100); p >= time.Second {
		t.Errorf("a socket outlived its idle session by %v", p)
	}
}

// signOut ends a session on one replica and asks all others until they refuse.
func (s *replicaSet) signOut(t *testing.T, replica int, cookie string) (sent time.Time, refused time.Duration) {
	sent = time.Now()
	a, err := s.do(http.MethodPost, s.bases[replica]+"/logout", cookie)
	ended := time.Now()
	if err != nil || a.status != http.StatusSeeOther || !a.clearsSession() {
		t.Errorf("sign-out: %v %v", a, err)
	}
	for _, base := range s.bases {
		for _, path := range []string{"/api/session", "/qlik/api/v1/users/me"} {
			for {
				a, err := s.do(http.MethodGet, base+path, cookie)
				if err == nil && a.status == http.StatusUnauthorized {
					break
				}
				if time.Since(ended) > 5*time.Second {
					t.Errorf("%s still answers %v %v", path, a, err)
					break
				}
			}
		}
	}
	return sent, time.Since(ended)
}

// anApp returns the ID of an app that the person may open.
func (s *replicaSet) anApp(t *testing.T, cookie string) string {
	t.Helper()
	a := s.mustDo(http.MethodGet, s.bases[0]+"/qlik/api/v1/items?resourceType=app&limit=1", cookie)
	var list struct {
		Data []struct {
			ResourceID string `json:"resourceId"`
		} `json:"data"`
	}
	if err := json.Unmarshal([]byte(a.body), &list); err != nil || len(list.Data) == 0 {
		t.Fatalf("no app to open: %v %v", a, err)
	}
	return list.Data[0].ResourceID
}

// percentile returns the pth percentile; 100 is the longest.
func percentile(d []time.Duration, p int) time.Duration {
	d = slices.Sorted(slices.Values(d))
	if len(d) == 0 {
		return 0
	}
	return d[min(len(d)-1, len(d)*p/100)].Round(100 * time.Microsecond)
}
