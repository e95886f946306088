package store

import (
	"context"
	"fmt"
	"time"
)

// pruneBatch entries are deleted at once: SQLite has one write lock for all.
const pruneBatch = 200

// PruneSignIns deletes the entries of the sign-in log that are older than a time,
// and returns how many they were. Of the last seven days the database deletes
// none. Several processes may do it at once.
func (db *DB) PruneSignIns(ctx context.Context, before time.Time) (int64, error) {
	var total int64
	for {
		start := time.Now()
		deleted, err := db.pruneSignIns(ctx, before)
		total += deleted
		if err != nil {
			return total, fmt.Errorf("prune sign-in log: %w", err)
		}
		if deleted == 0 {
			return total, nil
		}
		// SQLite's write lock has no queue: without a pause as long as the
		// batch, other writers find it taken until they time out.
		select {
		case <-ctx.Done():
			return total, fmt.Errorf("prune sign-in log: %w", ctx.Err())
		case <-time.After(time.Since(start)):
		}
	}
}

func (db *DB) pruneSignIns(ctx context.Context, before time.Time) (int64, error) {
	ctx, cancel := db.bounded(ctx)
	defer cancel()
	result, err := db.pool.ExecContext(ctx, `
		DELETE FROM sign_ins WHERE id IN (SELECT id FROM sign_ins WHERE at < $1 ORDER BY at, id LIMIT $2)`,
		utc(before), pruneBatch)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}
