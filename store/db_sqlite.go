package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"vitrine/migrations"
)

// openSQLite opens the database in a file, creating the file when there is none.
func openSQLite(ctx context.Context, path string, timeout time.Duration) (*DB, error) {
	if path == "" {
		return nil, errors.New("open database: sqlite: needs the path of a file behind it")
	}
	path = filepath.Clean(path)
	if err := makePrivate(path); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	name := sqliteName(path, url.Values{"mode": {"rw"}}, timeout, "journal_mode(WAL)")
	pool, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	// Readers do not wait for the writer in WAL mode, and there is one writer
	// at a time however many connections there are.
	pool.SetMaxOpenConns(4)
	pool.SetMaxIdleConns(4)
	db := &DB{pool: pool, dialect: migrations.SQLite, timeout: timeout}
	// A file that is no database, or on a full disk, is told now and not on a page.
	if err := db.Ping(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open database %s: %w", path, err), db.Close())
	}
	return db, nil
}

// openMemory opens a database that lives in memory until Close.
func openMemory(ctx context.Context, timeout time.Duration) (*DB, error) {
	// The name is random because equal names would share one database.
	params := url.Values{"mode": {"memory"}, "cache": {"shared"}}
	pool, err := sql.Open("sqlite", sqliteName("vitrine-"+rand.Text(), params, timeout))
	if err != nil {
		return nil, fmt.Errorf("open database in memory: %w", err)
	}
	// One connection works, so that nobody meets the table locks of a shared
	// cache; the other only holds the database, which ends with its last one.
	pool.SetMaxOpenConns(2)
	holder, err := pool.Conn(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database in memory: %w", err), pool.Close())
	}
	return &DB{pool: pool, dialect: migrations.SQLite, timeout: timeout, release: holder.Close}, nil
}

// sqliteName writes the driver's connection string.
func sqliteName(path string, params url.Values, timeout time.Duration, pragmas ...string) string {
	// A lock is waited for a little shorter than a call may take: SQLite does
	// not look at the context while it waits.
	wait := (timeout * 3 / 4).Milliseconds()
	params["_pragma"] = append([]string{"busy_timeout(" + strconv.FormatInt(wait, 10) + ")", "foreign_keys(1)"}, pragmas...)
	// A transaction that begins by reading cannot become a writer while
	// another one writes, so each takes the write lock at once.
	params.Set("_txlock", "immediate")
	params.Set("_time_format", "sqlite")
	// In a URI, ? and # end the path and % begins an escape.
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + params.Encode()
}

// makePrivate creates the file for its owner alone, and takes it away from
// others when it was there: it tells who worked on what. SQLite gives the
// files it puts beside it the same mode.
func makePrivate(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	return file.Chmod(0o600)
}
