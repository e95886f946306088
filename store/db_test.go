package store

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vitrine/store/storetest"
)

// conformance is what every database has to do alike. Each test gets an empty,
// migrated database of its own.
var conformance = []struct {
	name string
	test func(*testing.T, *DB)
}{
	{"the sign-in log keeps every field", testSignInKeepsEveryField},
	{"the sign-in log cannot be changed", testSignInLogIsAppendOnly},
	{"the sign-in log is pruned by age", testSignInLogIsPrunedByAge},
	{"replicas prune side by side", testReplicasPruneSideBySide},
	{"user agents of 60 KB are not kept", testLargeUserAgentsAreNotKept},
	{"the sign-in log filters and pages", testSignInsFilterAndPage},
	{"a failed sign-in makes no person", testFailedSignInMakesNoPerson},
	{"text that breaks a TEXT column is still logged", testHostileTextIsLogged},
	{"a sign-in is logged though the browser left", testSignInOutlivesTheBrowser},
	{"a log entry and its person come together", testUnknownResultRecordsNothing},
	{"sign-ins wait for the tables, and keep what they prepare", testSignInsPrepareWhenTheyCan},
	{"the audit log keeps every field", testAuditKeepsEveryField},
	{"the audit log cannot be changed", testAuditIsAppendOnly},
	{"a person's first and last sign-in and their number", testPersonCountsSignIns},
	{"sign-ins that finish in the wrong order", testPersonKeepsTheLaterName},
	{"sign-ins that were noted are written, in their order", testNotedSignInsAreWritten},
	{"recents put the latest first, once", testRecentsLatestFirstOnce},
	{"recents keep the newest fifty of each person", testRecentsKeepFifty},
	{"recents opened in parallel", testRecentsInParallel},
	{"favourites are set and unset twice", testFavoritesSetTwice},
	{"favourites follow the tenant's collection", testFavoritesReplace},
	{"times sort with and without fractions of a second", testTimesSort},
	{"migrating twice changes nothing", testMigrateTwice},
	{"a database is the demo's or a tenant's", testClaim},
	{"the demo gets no database that has users", testClaimOfUsedDatabase},
	{"an older program refuses a newer schema", testSchemaNew},
	{"an empty database is an old schema", testSchemaOld},
}

func TestDBConformance(t *testing.T) {
	backends := []struct {
		name  string
		start func(*testing.T) (newURL func(*testing.T) string)
	}{
		{"sqlite file", func(*testing.T) func(*testing.T) string { return newFileURL }},
		{"sqlite memory", func(*testing.T) func(*testing.T) string {
			return func(*testing.T) string { return "sqlite::memory:" }
		}},
		{"postgres", func(t *testing.T) func(*testing.T) string {
			server := storetest.Postgres(t)
			return func(t *testing.T) string { return server.NewDatabase(t) }
		}},
	}
	for _, backend := range backends {
		t.Run(backend.name, func(t *testing.T) {
			newURL := backend.start(t)
			if got, want := mustOpen(t, newURL(t)).Embedded(), backend.name != "postgres"; got != want {
				t.Errorf("embedded: %v", got)
			}
			for _, c := range conformance {
				t.Run(c.name, func(t *testing.T) { c.test(t, openMigrated(t, newURL(t))) })
			}
		})
	}
}

func newFileURL(t *testing.T) string {
	return "sqlite:" + filepath.Join(t.TempDir(), "vitrine.db")
}

func openMigrated(t *testing.T, databaseURL string) *DB {
	t.Helper()
	db := mustOpen(t, databaseURL)
	if _, _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := db.CheckSchema(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

func mustOpen(t *testing.T, databaseURL string) *DB {
	t.Helper()
	db, err := OpenDB(t.Context(), databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return db
}

// noon is when tests happen. Its fraction is finer than what is kept.
var noon = time.Date(2026, 6, 1, 12, 0, 0, 123456789, time.FixedZone("CEST", 2*60*60))

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// same compares by what is printed, which shows time zones too.
func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

func testTimesSort(t *testing.T, db *DB) {
	whole := noon.Truncate(time.Second)
	zones := []*time.Location{noon.Location(), time.FixedZone("EST", -5*60*60)}
	// Texts of different lengths: SQLite leaves zeros at the end away.
	for i, at := range []time.Duration{0, 100 * time.Millisecond, 120 * time.Millisecond, time.Second} {
		check(t, db.RecordOpened(t.Context(), "u", Opened{AppID: fmt.Sprint("app", i)}, whole.Add(at).In(zones[i%2])))
	}
	recents, err := db.Recents(t.Context(), "u", 9)
	check(t, err)
	var order []string
	for _, r := range recents {
		order = append(order, r.AppID)
	}
	same(t, "latest first", order, []string{"app3", "app2", "app1", "app0"})
	same(t, "time in UTC", recents[1].OpenedAt, whole.Add(120*time.Millisecond).UTC())
}

func testMigrateTwice(t *testing.T, db *DB) {
	from, to, err := db.Migrate(t.Context())
	check(t, err)
	if from != to || to == 0 {
		t.Errorf("the second run goes from %d to %d", from, to)
	}
}

func testSchemaNew(t *testing.T, db *DB) {
	_, err := db.pool.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, $1)`, true)
	check(t, err)
	_, _, migrateErr := db.Migrate(t.Context())
	for _, err := range []error{db.CheckSchema(t.Context()), migrateErr} {
		if !isKind(err, ErrSchemaNew) {
			t.Errorf("a newer schema answers %v", err)
		}
	}
}

func testSchemaOld(t *testing.T, db *DB) {
	_, err := db.pool.Exec(`DELETE FROM goose_db_version WHERE version_id > 0`)
	check(t, err)
	if err := db.CheckSchema(t.Context()); !isKind(err, ErrSchemaOld) {
		t.Errorf("an empty database answers %v", err)
	}
}

// isKind also looks for the command that helps: operators read the text.
func isKind(err, kind error) bool {
	return err != nil && strings.Contains(err.Error(), kind.Error()) && strings.Contains(err.Error(), "`vitrine migrate`")
}
