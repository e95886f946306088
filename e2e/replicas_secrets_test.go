package e2e

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vitrine/demo"
	"vitrine/store/storetest"
)

// TestNothingReadableAnywhere: after people signed in, worked, were refreshed
// and signed out, no secret of any of them can be read in Redis, on its disk,
// in a log of the most talkative kind, or in a metric.
func TestNothingReadableAnywhere(t *testing.T) {
	redis := storetest.Redis(t)
	set := startReplicas(t, redis.URL, replicaTenantOptions{tokenSize: 2048, lifetime: time.Second}, "LOG_LEVEL=debug")
	set.tenant.keepSecret(strings.Repeat("k", 32)) // the session key itself
	cookies := set.signInMany(set.tenant.NewBrowser(t), 24)
	appID := set.anApp(t, cookies[0])
	time.Sleep(time.Second) // the tokens are over, so the next requests refresh
	set.tenant.Configure(func(s *demo.Settings) { s.AccessTokenLifetime = time.Hour })
	for i, cookie := range cookies {
		for _, path := range []string{"/", "/api/session", "/qlik/api/v1/users/me", "/login/callback?code=canary-code&state=canary-state", "/apps/" + appID} {
			set.mustDo(http.MethodGet, set.bases[(i+1)%replicaCount]+path, cookie)
		}
		set.open(t, i%replicaCount, appID, cookie)
	}
	set.tenant.keepSecret("canary-code")
	set.tenant.keepSecret("canary-state")
	measureSessions(t, redis, cookies)
	// A sign-out whose revocation fails waits in the outbox with its tokens.
	remove := set.tenant.Inject(demo.Fault{Path: "/oauth/revoke", Kind: demo.FaultStatus, Status: 503})
	defer remove()
	for i := range 6 {
		set.mustDo(http.MethodPost, set.bases[i%replicaCount]+"/logout", cookies[i])
	}

	places := map[string]string{"a log": set.logs()}
	for i, base := range set.bases {
		places[fmt.Sprintf("the metrics of replica %d", i)] = set.mustDo(http.MethodGet, base+"/metrics", "").body
	}
	for _, key := range redisKeys(t, redis.Addr) {
		dump, _ := mustAskRedis(t, redis.Addr, "DUMP", key).(string)
		places["redis, "+key] = key + dump
	}
	mustAskRedis(t, redis.Addr, "SAVE")
	readFolder(t, mustAskRedis(t, redis.Addr, "CONFIG", "GET", "dir").([]any)[1].(string), places)
	secrets := set.tenant.secrets()
	size := 0
	for place, text := range places {
		size += len(text)
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("a secret of %d characters can be read in %s", len(secret), place)
			}
		}
	}
	t.Logf("%d secrets, %d places, %d bytes", len(secrets), len(places), size)
	// 24 sign-ins and as many refreshes gave at least four secrets each.
	if len(secrets) < 24*4 || size < 100_000 || !strings.Contains(places["a log"], `"level":"DEBUG"`) {
		t.Errorf("%d secrets looked for in %d bytes: the search proves nothing", len(secrets), size)
	}
}

func readFolder(t *testing.T, dir string, into map[string]string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		into["file "+entry.Name()] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

const (
	mostSessionBytes = 3 << 10 // in Redis, with a token pair of 2 KB
	mostCookieBytes  = 512
)

// measureSessions counts what one session costs in Redis and in the browser.
func measureSessions(t *testing.T, redis *storetest.RedisServer, cookies []string) {
	t.Helper()
	bytesBy, keys := map[string]int64{}, map[string]int64{}
	for _, key := range redisKeys(t, redis.Addr) {
		kind, _, _ := strings.Cut(strings.TrimPrefix(key, "vitrine:"), ":")
		used, _ := mustAskRedis(t, redis.Addr, "MEMORY", "USAGE", key, "SAMPLES", "0").(int64)
		bytesBy[kind] += used
		keys[kind]++
	}
	var total int64
	for _, kind := range sortedKeys(bytesBy) {
		t.Logf("%d keys of kind %s, %d bytes for each session", keys[kind], kind, bytesBy[kind]/int64(len(cookies)))
		total += bytesBy[kind]
	}
	each, cookie := total/int64(len(cookies)), 0
	for _, c := range cookies {
		cookie = max(cookie, len(c))
	}
	t.Logf("a session with a token pair of 2 KB takes %d bytes in Redis and %d in its cookie", each, cookie)
	if each >= mostSessionBytes {
		t.Errorf("%d bytes in Redis for each session, want less than %d", each, mostSessionBytes)
	}
	if cookie >= mostCookieBytes {
		t.Errorf("the cookie has %d bytes, want less than %d", cookie, mostCookieBytes)
	}
}
