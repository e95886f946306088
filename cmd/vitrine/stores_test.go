package main

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"vitrine/store"
	"vitrine/store/storetest"
)

func TestDemoKeepsItsOwnRedisKeys(t *testing.T) {
	server := storetest.Redis(t)
	portal, _, env := demoEnv(t)
	start(t, nil, append(env, "REDIS_URL="+server.URL)...).waitReady(t, portal)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get(portal + "/login")
	must(t, err)
	resp.Body.Close()
	options, err := redis.ParseURL(server.URL)
	must(t, err)
	db := redis.NewClient(options)
	defer db.Close()
	keys, err := db.Keys(context.Background(), "*").Result()
	must(t, err)
	if len(keys) == 0 {
		t.Error("a sign-in under way is not in Redis")
	}
	for _, key := range keys {
		if !strings.HasPrefix(key, "vitrine-demo:") {
			t.Errorf("the demo writes %s, which a portal with a tenant reads", key)
		}
	}
}

func TestDemoAndTenantShareNoDatabase(t *testing.T) {
	for name, databaseURL := range map[string]string{
		"SQLite": "sqlite:" + filepath.Join(t.TempDir(), "vitrine.db"), "PostgreSQL": storetest.Postgres(t).URL,
	} {
		t.Run(name, func(t *testing.T) {
			db, err := store.OpenDB(t.Context(), databaseURL)
			must(t, err)
			defer db.Close()
			_, _, err = db.Migrate(t.Context())
			must(t, err)
			must(t, db.RecordSignIn(t.Context(), store.SignIn{UserID: "u", At: time.Now(), Result: store.SignInSucceeded}))

			_, _, env := demoEnv(t)
			demo := start(t, nil, append(env, "DATABASE_URL="+databaseURL)...)
			if status := demo.exit(t, 10*time.Second); status != exitUsage || !strings.Contains(demo.text(), "DATABASE_URL: database belongs to another deployment") {
				t.Errorf("the demo starts on a database with users: status %d, %s", status, demo.text())
			}
		})
	}
}

func TestPruneDeletesOldEntriesOfTheSignInLog(t *testing.T) {
	databaseURL := "sqlite:" + filepath.Join(t.TempDir(), "vitrine.db")
	db, err := store.OpenDB(t.Context(), databaseURL)
	must(t, err)
	defer db.Close()
	_, _, err = db.Migrate(t.Context())
	must(t, err)
	for _, days := range []int{1, 100, 200} {
		at := time.Now().Add(-time.Duration(days) * 24 * time.Hour)
		must(t, db.RecordSignIn(t.Context(), store.SignIn{At: at, Result: store.SignInDenied}))
	}
	_, _, env := demoEnv(t)
	prune := start(t, []string{"prune"}, append(env, "DATABASE_URL="+databaseURL, "SIGN_IN_LOG_RETENTION=2880h")...)
	if status := prune.exit(t, 10*time.Second); status != exitOK || !strings.Contains(prune.text(), "1 entries older than 2880h0m0s were deleted") {
		t.Errorf("status %d, output %s", status, prune.text())
	}
	portal, _, env := demoEnv(t)
	start(t, nil, append(env, "DATABASE_URL="+databaseURL, "SIGN_IN_LOG_RETENTION=168h")...).waitReady(t, portal)
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		left, err := db.SignIns(t.Context(), store.SignInFilter{})
		must(t, err)
		if len(left) == 1 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("a portal that runs has left %d entries, want 1", len(left))
		}
	}
}
