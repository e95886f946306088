package store

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pressly/goose/v3/lock"

	"vitrine/store/storetest"
)

func TestDatabaseFileIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "vitrine.db")
	check(t, os.WriteFile(path, nil, 0o644)) // as a careless copy leaves it
	db := openMigrated(t, "sqlite:"+path)
	check(t, db.RecordOpened(t.Context(), "u", Opened{AppID: "a"}, noon))
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		info, err := os.Stat(name)
		check(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", filepath.Base(name), info.Mode())
		}
	}
}

func TestSQLitePathIsTakenLiterally(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?mode=memory#c%41.db")
	openMigrated(t, "sqlite:"+path)
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		t.Errorf("the database is not where it was asked to be: %v", err)
	}
}

func TestSQLiteSettings(t *testing.T) {
	db := mustOpen(t, newFileURL(t))
	for pragma, want := range map[string]string{"journal_mode": "wal", "busy_timeout": "1500", "foreign_keys": "1"} {
		var got string
		check(t, db.pool.QueryRow("PRAGMA "+pragma).Scan(&got))
		same(t, pragma, got, want)
	}
}

func TestMemoryDatabasesAreApartAndSurviveIdleness(t *testing.T) {
	one, two := openMigrated(t, "sqlite::memory:"), openMigrated(t, "sqlite::memory:")
	check(t, one.RecordOpened(t.Context(), "u", Opened{AppID: "a"}, noon))
	one.pool.SetMaxIdleConns(0) // the pool gives up its own connections; the held one stays
	recents, err := one.Recents(t.Context(), "u", 9)
	check(t, err)
	same(t, "recents after all idle connections ended", len(recents), 1)
	recents, err = two.Recents(t.Context(), "u", 9)
	check(t, err)
	same(t, "recents of another database in memory", len(recents), 0)
}

func TestOpenDBRefusesPlainlyAndKeepsSecrets(t *testing.T) {
	const secret = "s3cr3t"
	notADatabase := filepath.Join(t.TempDir(), "text.db")
	check(t, os.WriteFile(notADatabase, []byte(strings.Repeat("not a database ", 100)), 0o600))
	for name, c := range map[string]struct{ url, want string }{
		"no scheme":              {secret, "must begin with"},
		"unknown scheme":         {"mysql://u:" + secret + "@h/db", "must begin with"},
		"no path":                {"sqlite:", "needs the path"},
		"folder is missing":      {"sqlite:" + filepath.Join(t.TempDir(), "no/such.db"), "no such file"},
		"file is no database":    {"sqlite:" + notADatabase, "not a database"},
		"slash in the password":  {"postgres://u:" + secret + "/x@h/db", "percent-encode"},
		"hash in the password":   {"postgres://u:#" + secret + "@h/db", "percent-encode"},
		"bad escape":             {"postgres://u:%zz" + secret + "@h/db", "percent-encode"},
		"no host":                {"postgres:" + secret, "not a valid"},
		"bad setting":            {"postgres://u:" + secret + "@h/db?sslmode=sometimes", "sslmode"},
		"password in the query":  {"postgres://h/db?user=u&password=" + secret + "&connect_timeout=x", "connect_timeout"},
		"password of a key file": {"postgres://h/db?sslpassword=" + secret + "&connect_timeout=x", "cannot be used"},
	} {
		t.Run(name, func(t *testing.T) {
			db, err := OpenDB(t.Context(), c.url)
			if err == nil {
				db.Close()
				t.Fatal("opened")
			}
			if !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), secret) {
				t.Errorf("error is %q, want %q in it and no secret", err, c.want)
			}
		})
	}
}

func TestPostgresFaultsKeepThePassword(t *testing.T) {
	server := storetest.Postgres(t)
	wrong := "postgres://postgres:s3cr3t@" + server.Addr + "/test1?sslmode=disable"
	err := mustOpen(t, wrong).Ping(t.Context())
	if err == nil || strings.Contains(err.Error(), "s3cr3t") {
		t.Errorf("a wrong password answers %v", err)
	}
	server.Stop()
	err = mustOpen(t, server.URL).Ping(t.Context())
	if err == nil || strings.Contains(err.Error(), server.Password) || strings.Contains(err.Error(), "p%40ss") {
		t.Errorf("a stopped server answers %v", err)
	}
}

// A hung database is the worst one: it takes connections and never answers.
func TestHungPostgresHoldsNoCall(t *testing.T) {
	server := storetest.Postgres(t)
	db, err := openDB(t.Context(), server.URL, 100*time.Millisecond)
	check(t, err)
	defer db.Close()
	_, _, err = db.Migrate(t.Context())
	check(t, err)
	server.Pause()
	for name, call := range calls(db) {
		start := time.Now()
		if err := call(context.Background()); err == nil {
			t.Errorf("%s answers", name)
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("%s held its caller for %v", name, took)
		}
	}
	server.Resume()
	db.timeout = callTimeout // signing in to PostgreSQL takes long on a busy machine
	if err := db.Ping(t.Context()); err != nil {
		t.Errorf("the pool does not recover: %v", err)
	}
	server.Restart()
	if err := db.Ping(t.Context()); err != nil {
		t.Errorf("the pool does not recover from a restart: %v", err)
	}
}

func TestLockedSQLiteHoldsNoCall(t *testing.T) {
	databaseURL := newFileURL(t)
	db, err := openDB(t.Context(), databaseURL, 100*time.Millisecond)
	check(t, err)
	defer db.Close()
	_, _, err = db.Migrate(t.Context())
	check(t, err)
	tx, err := mustOpen(t, databaseURL).pool.Begin() // takes the write lock, as a backup tool might
	check(t, err)
	defer tx.Rollback()
	start := time.Now()
	if err := db.RecordSignIn(t.Context(), SignIn{At: noon, Result: SignInFailed}); err == nil {
		t.Error("wrote through somebody else's lock")
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("held its caller for %v", took)
	}
	if _, err := db.Recents(t.Context(), "u", 9); err != nil {
		t.Errorf("reading while another one writes: %v", err)
	}
}

func calls(db *DB) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"Ping":             db.Ping,
		"CheckSchema":      db.CheckSchema,
		"Person":           func(ctx context.Context) error { _, _, err := db.Person(ctx, "u"); return err },
		"RecordSignIn":     func(ctx context.Context) error { return db.RecordSignIn(ctx, SignIn{Result: SignInSucceeded}) },
		"SignIns":          func(ctx context.Context) error { _, err := db.SignIns(ctx, SignInFilter{}); return err },
		"RecordOpened":     func(ctx context.Context) error { return db.RecordOpened(ctx, "u", Opened{}, noon) },
		"Recents":          func(ctx context.Context) error { _, err := db.Recents(ctx, "u", 9); return err },
		"Favorites":        func(ctx context.Context) error { _, err := db.Favorites(ctx, "u"); return err },
		"SetFavorite":      func(ctx context.Context) error { return db.SetFavorite(ctx, "u", Favorite{}, true, noon) },
		"ReplaceFavorites": func(ctx context.Context) error { return db.ReplaceFavorites(ctx, "u", nil, noon) },
	}
}

// Replicas that start together all migrate, and each must end well.
func TestMigrateFromTwoReplicasAtOnce(t *testing.T) {
	server := storetest.Postgres(t)
	var wg sync.WaitGroup
	for range 2 {
		db := mustOpen(t, server.URL)
		wg.Go(func() {
			if _, _, err := db.Migrate(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	check(t, mustOpen(t, server.URL).CheckSchema(t.Context()))
}

func TestMigrateWaitsForTheReplicaThatMigrates(t *testing.T) {
	db := mustOpen(t, storetest.Postgres(t).URL)
	other, err := db.pool.Conn(t.Context())
	check(t, err)
	defer other.Close()
	_, err = other.ExecContext(t.Context(), `SELECT pg_advisory_lock($1)`, lock.DefaultLockID)
	check(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, _, err := db.Migrate(ctx); err == nil {
		t.Error("migrated while another one does")
	}
	_, err = other.ExecContext(t.Context(), `SELECT pg_advisory_unlock($1)`, lock.DefaultLockID)
	check(t, err)
	_, _, err = db.Migrate(t.Context())
	check(t, err)
}

func TestPostgresConnectionsAreNamed(t *testing.T) {
	db := mustOpen(t, storetest.Postgres(t).URL)
	var name sql.NullString
	check(t, db.pool.QueryRow("SHOW application_name").Scan(&name))
	same(t, "application_name", name.String, "vitrine")
}
