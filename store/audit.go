package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"time"
)

// What the audit log speaks of.
const (
	EventSessionEnded  = "session ended"
	EventTokensRevoked = "tokens revoked"
)

// Who did it, where it was no person.
const (
	ActorTenant = "tenant"
	ActorSelf   = "vitrine"
)

// AuditEntry is one line of the audit log: what became of a session.
type AuditEntry struct {
	ID        string // given by Audit
	At        time.Time
	Event     string
	UserID    string // whose session it was
	Session   string // its handle
	Actor     string // a user ID, ActorTenant or ActorSelf
	Address   string
	Failed    bool
	Reason    string // a fixed word, never text from the tenant
	RequestID string
}

const insertAudit = `
	INSERT INTO audit (id, at, event, user_id, session, actor, address, result, reason, request_id)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`

// Audit appends an entry to the audit log, which nobody can change: the
// database itself refuses. Like a sign-in, it outlives the request it is about.
func (db *DB) Audit(ctx context.Context, e AuditEntry) error {
	ctx, cancel := db.bounded(context.WithoutCancel(ctx))
	defer cancel()
	result := "succeeded"
	if e.Failed {
		result = "failed"
	}
	_, err := db.pool.ExecContext(ctx, insertAudit,
		rand.Text(), utc(e.At), storable(e.Event, maxID), storable(e.UserID, maxID), storable(e.Session, maxID),
		storable(e.Actor, maxID), storable(e.Address, maxID), result, storable(e.Reason, maxText), storable(e.RequestID, maxID))
	if err != nil {
		return fmt.Errorf("write audit log: %w", err)
	}
	return nil
}

// AuditOf returns the newest entries about a person's sessions, at most limit.
func (db *DB) AuditOf(ctx context.Context, userID string, limit int) ([]AuditEntry, error) {
	ctx, cancel := db.bounded(ctx)
	defer cancel()
	all, err := query(ctx, db, scanAudit, `
		SELECT id, at, event, user_id, session, actor, address, result, reason, request_id
		FROM audit WHERE user_id = $1 ORDER BY at DESC, id DESC LIMIT $2`, storable(userID, maxID), limit)
	if err != nil {
		return nil, fmt.Errorf("read audit log: %w", err)
	}
	return all, nil
}

func scanAudit(rows *sql.Rows) (e AuditEntry, err error) {
	var result string
	err = rows.Scan(&e.ID, timestamp{&e.At}, &e.Event, &e.UserID, &e.Session, &e.Actor, &e.Address, &result, &e.Reason, &e.RequestID)
	e.Failed = result == "failed"
	return e, err
}
