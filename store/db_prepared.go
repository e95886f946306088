package store

import (
	"context"
	"database/sql"

	"vitrine/migrations"
)

// prepare has statements parsed that every sign-in runs: parsing them costs
// SQLite more than running them. It is called outside transactions, for it may
// need a connection while the only one is in use, and with each use, for the
// database may have been away or without its tables the last time. PostgreSQL
// is left alone: its driver prepares by itself, unless the URL says that a
// pooler stands in between which cannot have it.
func (db *DB) prepare(ctx context.Context, statements ...string) error {
	if db.dialect != migrations.SQLite {
		return nil
	}
	for _, text := range statements {
		if _, done := db.prepared.Load(text); done {
			continue
		}
		statement, err := db.pool.PrepareContext(ctx, text)
		if err != nil {
			return err
		}
		if _, late := db.prepared.LoadOrStore(text, statement); late {
			_ = statement.Close() //nolint:sqlclosecheck // two first sign-ins at once; the other's is kept
		}
	}
	return nil
}

// exec runs a statement in a transaction, the prepared one where there is one.
// Statements end with the pool.
func (db *DB) exec(ctx context.Context, tx *sql.Tx, text string, args ...any) error {
	if statement, ok := db.prepared.Load(text); ok {
		_, err := tx.StmtContext(ctx, statement.(*sql.Stmt)).ExecContext(ctx, args...) //nolint:sqlclosecheck // ends with the transaction
		return err
	}
	_, err := tx.ExecContext(ctx, text, args...)
	return err
}
