package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"vitrine/auth"
	"vitrine/store/storetest"
)

// answerWithin is what people wait for at most when Redis fails them.
const answerWithin = 2 * time.Second

// troubled is a store whose Redis is about to fail it.
type troubled struct {
	*Sessions
	server *storetest.RedisServer
	line   *storetest.Line // between the two
	admin  *redis.Client   // not over the line
}

func (x *troubled) config(t *testing.T, name, value string) {
	t.Helper()
	if err := x.admin.ConfigSet(context.Background(), name, value).Err(); err != nil {
		t.Fatalf("set %s to %s: %v", name, value, err)
	}
}

// troubles are the ways for Redis to be of no use without being gone. Each
// returns how it ends.
var troubles = map[string]func(t *testing.T, x *troubled) (end func()){
	"every answer takes 0.6s": func(_ *testing.T, x *troubled) func() { x.line.Delay(600 * time.Millisecond); return x.line.Restore },
	"every answer takes 1s":   func(_ *testing.T, x *troubled) func() { x.line.Delay(time.Second); return x.line.Restore },
	"every answer takes 5s":   func(_ *testing.T, x *troubled) func() { x.line.Delay(5 * time.Second); return x.line.Restore },
	"hangs with connections open": func(_ *testing.T, x *troubled) func() {
		x.line.Hang()
		return x.line.Restore
	},
	"accepts no more clients": func(t *testing.T, x *troubled) func() {
		x.config(t, "maxclients", "1") // ours, the admin
		x.line.Cut()
		return func() { x.config(t, "maxclients", "1000") }
	},
	"our own connections are all in use": func(t *testing.T, x *troubled) func() {
		client := x.Redis.(*redis.Client)
		var held []*redis.Conn
		for range client.Options().PoolSize {
			conn := client.Conn()
			if err := conn.Ping(context.Background()).Err(); err != nil {
				t.Fatal(err)
			}
			held = append(held, conn)
		}
		return func() {
			for _, conn := range held {
				_ = conn.Close()
			}
		}
	},
	"has become a replica": func(t *testing.T, x *troubled) func() {
		x.admin.ReplicaOf(context.Background(), "127.0.0.1", "1")
		return func() { x.admin.ReplicaOf(context.Background(), "NO", "ONE") }
	},
	"is a replica that has lost its master": func(t *testing.T, x *troubled) func() {
		x.config(t, "replica-serve-stale-data", "no")
		x.admin.ReplicaOf(context.Background(), "127.0.0.1", "1")
		return func() { x.admin.ReplicaOf(context.Background(), "NO", "ONE") }
	},
	"misses the replicas it must have": func(t *testing.T, x *troubled) func() {
		x.config(t, "min-replicas-to-write", "1")
		return func() { x.config(t, "min-replicas-to-write", "0") }
	},
	"is out of memory": func(t *testing.T, x *troubled) func() {
		x.config(t, "maxmemory", "1")
		return func() { x.config(t, "maxmemory", "0") }
	},
	"cannot write to its disk": func(t *testing.T, x *troubled) func() {
		ctx := context.Background()
		home := x.admin.ConfigGet(ctx, "dir").Val()["dir"]
		x.config(t, "dir", "/proc")
		x.admin.BgSave(ctx)
		within(t, "failed save", func() bool {
			return strings.Contains(x.admin.Info(ctx, "persistence").Val(), "rdb_last_bgsave_status:err")
		})
		return func() {
			x.config(t, "dir", home)
			x.admin.BgSave(ctx)
		}
	},
	"loads its file": func(t *testing.T, x *troubled) func() {
		ctx := context.Background()
		ballast := x.admin.Pipeline()
		for i := range 5000 { // half a millisecond each
			ballast.Set(ctx, fmt.Sprint("ballast", i), i, 0)
		}
		if _, err := ballast.Exec(ctx); err != nil {
			t.Fatal(err)
		}
		loaded := make(chan struct{})
		go func() {
			defer close(loaded)
			x.server.Restart() // returns when all is loaded
		}()
		within(t, "server that loads", func() bool {
			err := x.admin.Ping(ctx).Err()
			return err != nil && strings.HasPrefix(err.Error(), "LOADING")
		})
		return func() { <-loaded }
	},
}

// TestRedisInTroubleSignsNobodyOut: whatever is wrong with Redis, the answer
// comes in time and is an error, or right, but never that there is no session;
// and when it is well again, so are we.
func TestRedisInTroubleSignsNobodyOut(t *testing.T) {
	for name, begin := range troubles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newTroubled(t)
			ids := map[string]string{}
			for _, what := range []string{"session", "peek", "update", "end", "delete", "by handle"} {
				ids[what] = fmt.Sprintf("%-20s.secret-of-16-or-more", what)
				mustCreate(t, x.Sessions, ids[what])
			}
			if err := x.PutAuthorizationRequest(t.Context(), auth.AuthorizationRequest{State: "state"}, time.Minute); err != nil {
				t.Fatal(err)
			}
			end := begin(t, x)
			x.askAll(t, ids)
			end()
			within(t, "service when all is well again", func() bool {
				_, found, err := x.Session(context.Background(), ids["session"])
				if err == nil && !found {
					t.Fatal("the session is gone afterwards")
				}
				_, updateErr := x.UpdateSession(context.Background(), ids["update"], func(s *auth.Session) error { s.Tokens.Scope = "new"; return nil })
				if errors.Is(updateErr, auth.ErrNoSession) {
					t.Fatal("the session that was to be updated is gone afterwards")
				}
				return err == nil && updateErr == nil
			})
		})
	}
}

func newTroubled(t *testing.T) *troubled {
	t.Helper()
	server := storetest.Redis(t, "--enable-protected-configs", "local", "--save", "3600 100000", "--key-load-delay", "500")
	line := storetest.NewLine(t, server.Addr)
	client, err := OpenRedis("redis://" + line.Addr)
	if err != nil {
		t.Fatal(err)
	}
	admin := redis.NewClient(&redis.Options{Addr: server.Addr, MaxRetries: -1, PoolSize: 1})
	t.Cleanup(func() { _, _ = client.Close(), admin.Close() })
	return &troubled{NewSessions(SessionsOptions{Redis: client, Keys: testRing(t, "a")}), server, line, admin}
}

// askAll asks everything at once, as many requests would.
func (x *troubled) askAll(t *testing.T, ids map[string]string) {
	t.Helper()
	ctx := context.Background()
	var wg sync.WaitGroup
	for what, ask := range map[string]func() (found bool, err error){
		"session": func() (bool, error) { _, found, err := x.Session(ctx, ids["session"]); return found, err },
		"peek":    func() (bool, error) { _, found, err := x.PeekSession(ctx, ids["peek"]); return found, err },
		"update": func() (bool, error) {
			waiting, stop := context.WithCancel(ctx)
			defer stop()
			done := make(chan error, 1)
			go func() {
				_, err := x.UpdateSession(ctx, ids["update"], func(s *auth.Session) error { s.Tokens.Scope = "x"; return nil })
				done <- err
			}()
			go func() { // as whoever refreshes does
				if err := x.AwaitAway(waiting, ids["update"]); err != nil {
					done <- err
				}
			}()
			err := <-done
			return !errors.Is(err, auth.ErrNoSession), err
		},
		"end":       func() (bool, error) { _, found, err := x.EndSession(ctx, ids["end"]); return found, err },
		"delete":    func() (bool, error) { return true, x.DeleteSession(ctx, ids["delete"]) },
		"by handle": func() (bool, error) { return true, x.EndByHandle(ctx, auth.Handle(ids["by handle"])) },
		"sign-in": func() (bool, error) {
			_, found, err := x.TakeAuthorizationRequest(ctx, "state", "")
			return found, err
		},
	} {
		wg.Go(func() {
			begun := time.Now()
			found, err := ask()
			if took := time.Since(begun); took > answerWithin {
				t.Errorf("%s: answered after %v", what, took)
			}
			if errors.Is(err, auth.ErrNoSession) || err == nil && !found {
				t.Errorf("%s: not found, and error %v; want an error of the store", what, err)
			}
		})
	}
	wg.Wait()
}

// What the tenant has refused for good ends, also when Redis goes away at that
// moment, and the tenant is not asked again.
func TestRefusedSessionEndsWhenRedisIsBack(t *testing.T) {
	server := storetest.Redis(t)
	client, err := OpenRedis(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	s := NewSessions(SessionsOptions{Redis: client, Keys: testRing(t, "a")})
	mustCreate(t, s, sessionID)
	asked := 0
	refuse := func() error {
		_, err := s.UpdateSession(context.Background(), sessionID, func(*auth.Session) error {
			asked++
			server.Kill()
			return auth.ErrNoSession
		})
		return err
	}
	if err := refuse(); err == nil || errors.Is(err, auth.ErrNoSession) {
		t.Errorf("while Redis is away: %v, want an error of the store", err)
	}
	server.Restart()
	within(t, "end", func() bool {
		_, found, err := other(s).PeekSession(context.Background(), sessionID)
		return err == nil && !found
	})
	if err := refuse(); !errors.Is(err, auth.ErrNoSession) || asked != 1 {
		t.Errorf("afterwards: %v, and the tenant was asked %d times", err, asked)
	}
}
