package storetest

import (
	"context"
	"database/sql"
	"testing"
	"time"
)

func TestPostgresKeepsCommittedRowsOverRestart(t *testing.T) {
	p := Postgres(t)
	db := openPostgres(t, p.URL)
	if _, err := db.Exec("CREATE TABLE kept (n INTEGER)"); err != nil {
		t.Fatal(err)
	}
	p.Stop()
	if err := db.Ping(); err == nil {
		t.Error("a stopped server still answers")
	}
	p.Restart()
	if _, err := openPostgres(t, p.URL).Exec("INSERT INTO kept VALUES (1)"); err != nil {
		t.Errorf("after a restart: %v", err)
	}
}

func TestPostgresPauseFreezesOpenConnections(t *testing.T) {
	p := Postgres(t)
	db := openPostgres(t, p.URL)
	if err := db.Ping(); err != nil {
		t.Fatal(err)
	}
	p.Pause()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := db.ExecContext(ctx, "SELECT 1"); err == nil {
		t.Error("a paused server answered on a connection that was open before")
	}
	p.Resume()
	if err := db.Ping(); err != nil {
		t.Errorf("after Resume: %v", err)
	}
}

func TestNewDatabaseIsEmpty(t *testing.T) {
	p := Postgres(t)
	if _, err := openPostgres(t, p.URL).Exec("CREATE TABLE mine (n INTEGER)"); err != nil {
		t.Fatal(err)
	}
	if _, err := openPostgres(t, p.NewDatabase(t)).Exec("SELECT n FROM mine"); err == nil {
		t.Error("a new database sees the table of another one")
	}
}

func openPostgres(t *testing.T, databaseURL string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
