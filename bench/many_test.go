package bench

import (
	"crypto/rand"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	client "github.com/redis/go-redis/v9"

	"vitrine/store/storetest"
)

// fill adds copies of the sessions in Redis under other names, with their
// cards, until there are want of them. Their owners do not exist; to Redis
// they are like any other.
func fill(tb testing.TB, server *storetest.RedisServer, want int) {
	tb.Helper()
	options, err := client.ParseURL(server.URL)
	if err != nil {
		tb.Fatal(err)
	}
	r := client.NewClient(options)
	defer r.Close()
	ctx := tb.Context()
	keys, err := r.Keys(ctx, "*session:{*}").Result()
	if err != nil || len(keys) == 0 {
		tb.Fatalf("no sessions to copy: %v", err)
	}
	for i := len(keys); i < want; {
		pipe := r.Pipeline()
		for range min(1000, want-i) {
			i++
			session := keys[i%len(keys)]
			head, handle, _ := strings.Cut(session, "{")
			card := strings.TrimSuffix(head, "session:") + "card:{" + handle
			for _, key := range []string{session, card} {
				head, _, _ := strings.Cut(key, "{")
				pipe.Copy(ctx, key, head+"{"+name()[:22]+"}", 0, false)
			}
		}
		if _, err := pipe.Exec(ctx); err != nil {
			tb.Fatal(err)
		}
	}
	if n, err := r.DBSize(ctx).Result(); err != nil || int(n) < want {
		tb.Fatalf("%d keys in Redis, want %d sessions: %v", n, want, err)
	}
}

func name() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

// growth returns a load on a portal with so many sessions in a Redis of its
// own, of which active are at work.
func growth(tb testing.TB, tenant *child, sessions, active int) side {
	tb.Helper()
	r := &rig{redis: redis(tb), tenant: tenant}
	c := r.start(tb, portalProgram)
	signedIn := c.signInMany(tb, active)
	fill(tb, r.redis, sessions)
	l := newCrowd(tb, c, connections, "/qlik/api/v1/plain", signedIn)
	l.run(2 * time.Second)
	return cpuPer(c, func(testing.TB) float64 { return l.run(roundTime) })
}
