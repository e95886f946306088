package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"vitrine/migrations"
)

// callTimeout is how long a page waits for the database at most. Nothing that
// is kept here is worth more of a person's time.
const callTimeout = 2 * time.Second

// DB is the database. Its methods answer within two seconds, whatever the
// database does, and err is for broken systems only: what is unknown is a
// result. Times come back in UTC with microseconds.
type DB struct {
	pool    *sql.DB
	dialect string // one of the constants of package migrations
	timeout time.Duration
	// prepared holds a *sql.Stmt by its text, see prepare.
	prepared sync.Map
	// noted are entries of the sign-in log on their way, see NoteSignIn.
	noted struct {
		sync.Mutex
		entries []SignIn
		bytes   int        // size of all entries
		writing sync.Mutex // one at a time, so that their order stays
	}
	// release ends what keeps a database in memory alive; nil elsewhere.
	release func() error
}

// OpenDB opens the database that the URL names: sqlite:PATH, sqlite::memory:
// or postgres://…. A SQLite file is created when it does not exist; PostgreSQL
// is not contacted yet, so that the program starts while it is away. Errors
// never hold the password.
func OpenDB(ctx context.Context, databaseURL string) (*DB, error) {
	return openDB(ctx, databaseURL, callTimeout)
}

func openDB(ctx context.Context, databaseURL string, timeout time.Duration) (*DB, error) {
	scheme, rest, _ := strings.Cut(databaseURL, ":")
	switch {
	case scheme == "sqlite" && rest == ":memory:":
		return openMemory(ctx, timeout)
	case scheme == "sqlite":
		return openSQLite(ctx, rest, timeout)
	case scheme == "postgres", scheme == "postgresql":
		return openPostgres(databaseURL, timeout)
	}
	// Without a scheme the whole text may be a secret, so none of it is shown.
	return nil, errors.New("open database: the URL must begin with sqlite: or postgres://")
}

// Embedded reports whether the database is a file or memory of our own, which
// nobody but this program uses.
func (db *DB) Embedded() bool { return db.dialect == migrations.SQLite }

// Close closes all connections. A database in memory is gone then.
func (db *DB) Close() error {
	err := db.pool.Close()
	if db.release != nil {
		err = errors.Join(db.release(), err)
	}
	return err
}

// Ping says whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	ctx, cancel := db.bounded(ctx)
	defer cancel()
	if err := db.pool.PingContext(ctx); err != nil {
		return fmt.Errorf("ping database: %w", err)
	}
	return nil
}

func (db *DB) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, db.timeout)
}

// transact runs change in a transaction, which is undone when change fails.
func (db *DB) transact(ctx context.Context, change func(*sql.Tx) error) error {
	tx, err := db.pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := change(tx); err != nil {
		_ = tx.Rollback() // the first error is the one to tell
		return err
	}
	return tx.Commit()
}

// query runs a statement and collects one value per row.
func query[T any](ctx context.Context, db *DB, scan func(*sql.Rows) (T, error), statement string, args ...any) ([]T, error) {
	rows, err := db.pool.QueryContext(ctx, statement, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// utc is the form in which times are written. PostgreSQL keeps microseconds;
// SQLite keeps text that must sort like the times it stands for, which it does
// as long as all of it is in one time zone.
func utc(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// sqliteTime is how the SQLite driver writes a time, with _time_format=sqlite.
const sqliteTime = "2006-01-02 15:04:05.999999999-07:00"

// timestamp reads a time from either database: PostgreSQL hands out a time,
// SQLite the text it was stored as.
type timestamp struct{ *time.Time }

// Scan implements sql.Scanner.
func (ts timestamp) Scan(value any) error {
	switch v := value.(type) {
	case time.Time:
		*ts.Time = v.UTC()
	case string:
		t, err := time.Parse(sqliteTime, v)
		if err != nil {
			return err
		}
		*ts.Time = t.UTC()
	default:
		return fmt.Errorf("a time is stored as %T", value)
	}
	return nil
}

// storable makes text that came from outside fit for a TEXT column. PostgreSQL
// refuses NUL and broken UTF-8, and a browser that sends either must not keep
// itself out of the sign-in log that way.
func storable(s string, maxBytes int) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "�"), "\x00", "�")
	if len(s) <= maxBytes {
		return s
	}
	for maxBytes > 0 && !utf8.RuneStart(s[maxBytes]) {
		maxBytes--
	}
	return s[:maxBytes]
}

// Limits of columns that hold text from outside, in bytes.
const (
	maxID   = 200
	maxText = 500
)
