package demo_test

import (
	"maps"
	"sync"
	"testing"
	"time"

	"vitrine/demo"
	"vitrine/demo/demotest"
)

// memoryStorage is a demo.Storage that outlives tenants.
type memoryStorage struct {
	mu      sync.Mutex
	records map[string][]byte
}

func (m *memoryStorage) Load() (map[string][]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.records), nil
}

func (m *memoryStorage) Save(records map[string][]byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, record := range records {
		if m.records[key] = record; record == nil {
			delete(m.records, key)
		}
	}
	return nil
}

func (m *memoryStorage) use(o *demo.Options) { o.Storage = m }

func TestTokensOutliveRestart(t *testing.T) {
	storage := &memoryStorage{records: map[string][]byte{"token/unreadable": []byte("{"), "other": []byte("1")}}
	before := demotest.New(t, storage.use)
	if len(storage.records) != 0 {
		t.Errorf("records without use stay: %v", storage.records)
	}
	refresh := func(s *demotest.Server, token string) answer {
		return post(t, s, "/oauth/token", refreshForm(s, token), nil)
	}
	first := before.SignIn(t, before.Viewer(), "")
	second := refresh(before, first.RefreshToken)
	third := refresh(before, second.text("refresh_token"))
	revoked := before.SignIn(t, before.Viewer(), "")
	post(t, before, "/oauth/revoke", map[string]string{"token": revoked.AccessToken}, nil)
	post(t, before, "/oauth/revoke", map[string]string{"token": revoked.RefreshToken}, nil)
	reused := before.SignIn(t, before.Viewer(), "")
	newer := refresh(before, reused.RefreshToken)
	refresh(before, reused.RefreshToken)

	after := demotest.New(t, storage.use)
	expect := func(name string, a answer, status int) {
		t.Helper()
		if a.status != status {
			t.Errorf("%s: %d, want %d: %s", name, a.status, status, a.raw)
		}
	}
	read := func(token string) answer { return call(t, after, token, "GET", "/api/v1/user-locale", "") }
	expect("first access token", read(first.AccessToken), 200)
	expect("last access token", read(third.text("access_token")), 200)
	expect("revoked access token", read(revoked.AccessToken), 401)
	expect("revoked refresh token", refresh(after, revoked.RefreshToken), 401)
	expect("access token of a revoked family", read(newer.text("access_token")), 401)
	expect("refresh token of a revoked family", refresh(after, newer.text("refresh_token")), 401)
	// A client that stopped during the last refresh has the token before.
	expect("refresh token before the last", refresh(after, second.text("refresh_token")), 200)
	expect("last refresh token", refresh(after, third.text("refresh_token")), 200)
	expect("spent refresh token", refresh(after, first.RefreshToken), 401)
	expect("access token after reuse", read(third.text("access_token")), 401)
}

func TestCookieSessionsOutliveRestart(t *testing.T) {
	c, storage := newClock(), &memoryStorage{records: map[string][]byte{}}
	s := demotest.New(t, withClock(c), storage.use)
	viewer := cookies(t, s, s.Viewer().Email, s.Viewer().Password)
	signedOut := cookies(t, s, s.Analyst().Email, s.Analyst().Password)
	do(t, request(t, "GET", s.URL+"/logout", "", signedOut))
	restart := func(name string, pause time.Duration, session map[string]string, status int) {
		t.Helper()
		c.move(pause)
		s = demotest.New(t, withClock(c), storage.use)
		if a := do(t, request(t, "GET", s.URL+"/api/v1/user-locale", "", session)); a.status != status {
			t.Errorf("%s: %d, want %d", name, a.status, status)
		}
	}
	restart("signed out", 0, signedOut, 401)
	restart("in use", 20*time.Minute, viewer, 200)
	restart("used after the first restart", 20*time.Minute, viewer, 200)
	restart("idle", time.Hour, viewer, 401)
}
