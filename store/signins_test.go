package store

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"
)

func aSignIn() SignIn {
	return SignIn{
		At: noon, UserID: "u1", Name: "Ada", Email: "ada@example.com", Method: "code", Address: "192.0.2.1",
		UserAgent: "Browser/1", Result: SignInSucceeded, RequestID: "r1",
	}
}

func signIns(t *testing.T, db *DB, f SignInFilter) []SignIn {
	t.Helper()
	all, err := db.SignIns(t.Context(), f)
	check(t, err)
	return all
}

func testSignInKeepsEveryField(t *testing.T, db *DB) {
	s := aSignIn()
	s.Result, s.Reason = SignInDenied, "consent refused"
	check(t, db.RecordSignIn(t.Context(), s))
	all := signIns(t, db, SignInFilter{})
	if len(all) != 1 || all[0].ID == "" {
		t.Fatalf("log holds %+v", all)
	}
	s.ID, s.At = all[0].ID, noon.UTC().Truncate(time.Microsecond)
	same(t, "entry", all[0], s)
}

func testSignInLogIsPrunedByAge(t *testing.T, db *DB) {
	now := time.Now()
	for _, days := range []int{0, 6, 8, 399, 401, 500} {
		s := aSignIn()
		s.At = now.Add(-time.Duration(days) * 24 * time.Hour)
		check(t, db.RecordSignIn(t.Context(), s))
	}
	for _, tt := range []struct{ retention, deleted, left int }{{400, 2, 4}, {400, 0, 4}, {7, 2, 2}} {
		deleted, err := db.PruneSignIns(t.Context(), now.Add(-time.Duration(tt.retention)*24*time.Hour))
		check(t, err)
		if left := len(signIns(t, db, SignInFilter{})); deleted != int64(tt.deleted) || left != tt.left {
			t.Errorf("after %d days: %d deleted, %d left; want %d and %d", tt.retention, deleted, left, tt.deleted, tt.left)
		}
	}
	if _, err := db.PruneSignIns(t.Context(), now); err == nil || len(signIns(t, db, SignInFilter{})) != 2 {
		t.Errorf("entries of the last seven days were deleted: %v", err)
	}
	p, _, err := db.Person(t.Context(), "u1")
	check(t, err)
	if p.SignIns != 6 {
		t.Errorf("the user has %d sign-ins, want 6", p.SignIns)
	}
}

func testReplicasPruneSideBySide(t *testing.T, db *DB) {
	const many = 3000
	old := aSignIn()
	for range many / 50 {
		old.At = time.Now().Add(-401 * 24 * time.Hour)
		check(t, db.RecordSignIn(t.Context(), slices.Repeat([]SignIn{old}, 50)...))
	}
	var wg sync.WaitGroup
	var deleted atomic.Int64
	for range 4 {
		wg.Go(func() {
			n, err := db.PruneSignIns(t.Context(), time.Now().Add(-400*24*time.Hour))
			if err != nil {
				t.Error(err)
			}
			deleted.Add(n)
		})
	}
	wg.Wait()
	if left := len(signIns(t, db, SignInFilter{})); deleted.Load() != many || left != 0 {
		t.Errorf("%d deleted and %d left; want %d and none", deleted.Load(), left, many)
	}
}

// Headers of strangers wait in memory while the database is away.
func testLargeUserAgentsAreNotKept(t *testing.T, db *DB) {
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	for range 4000 {
		s := aSignIn()
		s.UserAgent = strings.Repeat("x", 60<<10)
		db.NoteSignIn(s)
	}
	if grown := int64(heap()) - int64(before); grown > 20<<20 {
		t.Errorf("4000 entries take %d MiB", grown>>20)
	}
	runtime.KeepAlive(db)
}

func testSignInLogIsAppendOnly(t *testing.T, db *DB) {
	s := aSignIn()
	s.At = time.Now()
	check(t, db.RecordSignIn(t.Context(), s))
	before := signIns(t, db, SignInFilter{})
	for _, statement := range []string{
		`UPDATE sign_ins SET result = 'failed'`,
		`DELETE FROM sign_ins`,
		`TRUNCATE sign_ins`,
		`INSERT OR REPLACE INTO sign_ins SELECT id, at, 'x', name, email, method, address, user_agent, result, reason, request_id FROM sign_ins`,
		`INSERT INTO sign_ins SELECT * FROM sign_ins WHERE true ON CONFLICT (id) DO UPDATE SET user_id = 'x'`,
	} {
		if _, err := db.pool.Exec(statement); err == nil {
			t.Errorf("accepted: %s", statement)
		}
	}
	same(t, "log", signIns(t, db, SignInFilter{}), before)
}

func testSignInsFilterAndPage(t *testing.T, db *DB) {
	for i := range 6 {
		s := aSignIn()
		s.At = noon.Add(time.Duration(i/2) * time.Hour) // two at each instant
		s.RequestID = fmt.Sprint("r", i)
		if i == 5 {
			s.UserID, s.Result = "", SignInFailed
		}
		check(t, db.RecordSignIn(t.Context(), s))
	}
	for name, c := range map[string]struct {
		filter SignInFilter
		want   int
	}{
		"all":             {SignInFilter{}, 6},
		"of a person":     {SignInFilter{UserID: "u1"}, 5},
		"of nobody known": {SignInFilter{UserID: "u2"}, 0},
		"failed":          {SignInFilter{Result: SignInFailed}, 1},
		"since":           {SignInFilter{Since: noon.Add(time.Hour)}, 4},
		"until":           {SignInFilter{Until: noon.Add(time.Hour)}, 2},
		"all at once":     {SignInFilter{UserID: "u1", Result: SignInSucceeded, Since: noon, Until: noon.Add(3 * time.Hour)}, 5},
		"limit":           {SignInFilter{Limit: 4}, 4},
		"unknown cursor":  {SignInFilter{After: "none"}, 0},
	} {
		if got := len(signIns(t, db, c.filter)); got != c.want {
			t.Errorf("%s: %d entries, want %d", name, got, c.want)
		}
	}
	var seen []string
	for page := signIns(t, db, SignInFilter{Limit: 1}); len(page) > 0; {
		seen = append(seen, page[0].RequestID)
		page = signIns(t, db, SignInFilter{Limit: 1, After: page[0].ID})
	}
	whole := signIns(t, db, SignInFilter{})
	var want []string
	for _, s := range whole {
		want = append(want, s.RequestID)
	}
	same(t, "one by one", seen, want)
	if !whole[0].At.After(whole[5].At) {
		t.Error("the newest is not first")
	}
}

func testFailedSignInMakesNoPerson(t *testing.T, db *DB) {
	s := aSignIn()
	s.Result = SignInFailed
	check(t, db.RecordSignIn(t.Context(), s))
	if _, found, err := db.Person(t.Context(), s.UserID); found || err != nil {
		t.Errorf("found %v, error %v", found, err)
	}
}

func testHostileTextIsLogged(t *testing.T, db *DB) {
	s := aSignIn()
	s.UserAgent = "nul \x00 broken \xff' OR 1=1; --" + strings.Repeat("é", 9000)
	s.Name = "<script>\x00"
	check(t, db.RecordSignIn(t.Context(), s))
	got := signIns(t, db, SignInFilter{})[0]
	if !strings.HasPrefix(got.UserAgent, "nul � broken �' OR 1=1; --é") || len(got.UserAgent) > maxText {
		t.Errorf("user agent of %d bytes is %.40q", len(got.UserAgent), got.UserAgent)
	}
	// Letters of two bytes, once from an even place and once from an odd one.
	for _, s := range []string{strings.Repeat("é", maxText), "x" + strings.Repeat("é", maxText)} {
		if !utf8.ValidString(storable(s, maxText)) {
			t.Error("cut in the middle of a letter")
		}
	}
	same(t, "name", got.Name, "<script>�")
}

func testSignInOutlivesTheBrowser(t *testing.T, db *DB) {
	ctx, leave := context.WithCancel(t.Context())
	leave()
	check(t, db.RecordSignIn(ctx, aSignIn()))
	same(t, "entries", len(signIns(t, db, SignInFilter{})), 1)
}

func testUnknownResultRecordsNothing(t *testing.T, db *DB) {
	s := aSignIn()
	s.Result = "perhaps"
	if err := db.RecordSignIn(t.Context(), s); err == nil {
		t.Error("an unknown result was accepted")
	}
	// A person that cannot be counted takes the entry back, too.
	_, err := db.pool.Exec(`DROP TABLE people`)
	check(t, err)
	if err := db.RecordSignIn(t.Context(), aSignIn()); err == nil {
		t.Error("no error without the table people")
	}
	same(t, "entries", len(signIns(t, db, SignInFilter{})), 0)
}

func testSignInsPrepareWhenTheyCan(t *testing.T, db *DB) {
	_, err := db.pool.ExecContext(t.Context(), "ALTER TABLE people RENAME TO away")
	check(t, err)
	if err := db.RecordSignIn(t.Context(), aSignIn()); err == nil {
		t.Error("a sign-in was recorded without its tables")
	}
	_, err = db.pool.ExecContext(t.Context(), "ALTER TABLE away RENAME TO people")
	check(t, err)
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			if err := db.RecordSignIn(t.Context(), aSignIn()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	// A table that changes under a prepared statement, as a migration does it.
	_, err = db.pool.ExecContext(t.Context(), "ALTER TABLE people ADD COLUMN later TEXT")
	check(t, err)
	check(t, db.RecordSignIn(t.Context(), aSignIn()))
	if p, _, err := db.Person(t.Context(), "u1"); err != nil || p.SignIns != 6 {
		t.Errorf("%d sign-ins are counted, %v", p.SignIns, err)
	}
	kept := 0
	db.prepared.Range(func(any, any) bool { kept++; return true })
	if want := map[bool]int{true: 2}[db.Embedded()]; kept != want {
		t.Errorf("%d statements are kept, want %d", kept, want)
	}
}
