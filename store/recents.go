package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// keptRecents is how many recently opened apps and sheets are kept of a person.
const keptRecents = 50

// Opened is an app or a sheet that somebody opened; SheetID and SheetTitle are
// empty for the app itself.
type Opened struct {
	AppID, AppName      string
	SheetID, SheetTitle string
	SpaceID             string
}

// Recent is something that was opened, with the latest time.
type Recent struct {
	Opened
	OpenedAt time.Time
}

// RecordOpened notes that the person opened an app or a sheet. The newest 50
// are kept.
func (db *DB) RecordOpened(ctx context.Context, userID string, o Opened, at time.Time) error {
	ctx, cancel := db.bounded(ctx)
	defer cancel()
	userID = storable(userID, maxID)
	_, err := db.pool.ExecContext(ctx, `
		INSERT INTO recents (user_id, app_id, sheet_id, app_name, sheet_title, space_id, opened_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (user_id, app_id, sheet_id) DO UPDATE SET
			app_name = excluded.app_name, sheet_title = excluded.sheet_title,
			space_id = excluded.space_id, opened_at = excluded.opened_at
		WHERE excluded.opened_at >= recents.opened_at`,
		userID, storable(o.AppID, maxID), storable(o.SheetID, maxID), storable(o.AppName, maxText),
		storable(o.SheetTitle, maxText), storable(o.SpaceID, maxID), utc(at))
	if err != nil {
		return fmt.Errorf("record opened: %w", err)
	}
	// Not in one transaction with the insert: two tabs could wait for each
	// other there, and one row too many for a moment hurts nobody.
	_, err = db.pool.ExecContext(ctx, `
		DELETE FROM recents WHERE user_id = $1 AND (app_id, sheet_id) NOT IN (
			SELECT app_id, sheet_id FROM recents WHERE user_id = $1
			ORDER BY opened_at DESC, app_id, sheet_id LIMIT $2)`, userID, keptRecents)
	if err != nil {
		return fmt.Errorf("remove oldest opened: %w", err)
	}
	return nil
}

// Recents returns what the person opened, the latest first, and at most limit.
func (db *DB) Recents(ctx context.Context, userID string, limit int) ([]Recent, error) {
	ctx, cancel := db.bounded(ctx)
	defer cancel()
	all, err := query(ctx, db, scanRecent, `
		SELECT app_id, app_name, sheet_id, sheet_title, space_id, opened_at
		FROM recents WHERE user_id = $1
		ORDER BY opened_at DESC, app_id, sheet_id LIMIT $2`, storable(userID, maxID), max(limit, 0))
	if err != nil {
		return nil, fmt.Errorf("read recents: %w", err)
	}
	return all, nil
}

func scanRecent(rows *sql.Rows) (r Recent, err error) {
	err = rows.Scan(&r.AppID, &r.AppName, &r.SheetID, &r.SheetTitle, &r.SpaceID, timestamp{&r.OpenedAt})
	return r, err
}
