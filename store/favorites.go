package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Favorite is an app that a person marked. The truth is the tenant's
// favourites collection; this is a copy that is kept in step.
type Favorite struct {
	AppID   string
	ItemID  string // by which the collection knows the app
	Name    string
	AddedAt time.Time // when it was first seen here; set by the database alone
}

// Favorites returns the person's favourites, the newest first.
func (db *DB) Favorites(ctx context.Context, userID string) ([]Favorite, error) {
	ctx, cancel := db.bounded(ctx)
	defer cancel()
	return db.favorites(ctx, storable(userID, maxID))
}

// SetFavorite marks an app or takes the mark away. Doing it twice is no error.
func (db *DB) SetFavorite(ctx context.Context, userID string, f Favorite, on bool, at time.Time) error {
	ctx, cancel := db.bounded(ctx)
	defer cancel()
	userID, f = storable(userID, maxID), f.storable()
	var err error
	if on {
		err = putFavorite(ctx, db.pool, userID, f, at)
	} else {
		err = removeFavorite(ctx, db.pool, userID, f)
	}
	if err != nil {
		return fmt.Errorf("set favourite: %w", err)
	}
	return nil
}

// ReplaceFavorites makes the copy equal to the collection that the tenant
// listed. When it is already, which is the normal case, nothing is written.
func (db *DB) ReplaceFavorites(ctx context.Context, userID string, favorites []Favorite, at time.Time) error {
	ctx, cancel := db.bounded(ctx)
	defer cancel()
	userID = storable(userID, maxID)
	have, err := db.favorites(ctx, userID)
	if err != nil {
		return err
	}
	put, remove := difference(have, favorites)
	if len(put)+len(remove) == 0 {
		return nil
	}
	err = db.transact(ctx, func(tx *sql.Tx) error {
		for _, f := range put {
			if err := putFavorite(ctx, tx, userID, f, at); err != nil {
				return err
			}
		}
		for _, f := range remove {
			if err := removeFavorite(ctx, tx, userID, f); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("replace favourites: %w", err)
	}
	return nil
}

// difference says what turns have into want.
func difference(have, want []Favorite) (put, remove []Favorite) {
	surplus := make(map[string]Favorite, len(have))
	for _, f := range have {
		surplus[f.AppID] = f
	}
	for _, f := range want {
		f = f.storable()
		old, found := surplus[f.AppID]
		if !found || old.ItemID != f.ItemID || old.Name != f.Name {
			put = append(put, f)
		}
		delete(surplus, f.AppID)
	}
	for _, f := range have {
		if _, found := surplus[f.AppID]; found {
			remove = append(remove, f)
		}
	}
	return put, remove
}

func (f Favorite) storable() Favorite {
	f.AppID, f.ItemID, f.Name = storable(f.AppID, maxID), storable(f.ItemID, maxID), storable(f.Name, maxText)
	return f
}

func (db *DB) favorites(ctx context.Context, userID string) ([]Favorite, error) {
	all, err := query(ctx, db, scanFavorite, `
		SELECT app_id, item_id, name, added_at FROM favorites
		WHERE user_id = $1 ORDER BY added_at DESC, name, app_id`, userID)
	if err != nil {
		return nil, fmt.Errorf("read favourites: %w", err)
	}
	return all, nil
}

func scanFavorite(rows *sql.Rows) (f Favorite, err error) {
	err = rows.Scan(&f.AppID, &f.ItemID, &f.Name, timestamp{&f.AddedAt})
	return f, err
}

// execer is a transaction or a plain connection.
type execer interface {
	ExecContext(ctx context.Context, statement string, args ...any) (sql.Result, error)
}

// putFavorite adds the mark, or renews its name and keeps its time.
func putFavorite(ctx context.Context, e execer, userID string, f Favorite, at time.Time) error {
	_, err := e.ExecContext(ctx, `
		INSERT INTO favorites (user_id, app_id, item_id, name, added_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (user_id, app_id) DO UPDATE SET item_id = excluded.item_id, name = excluded.name`,
		userID, f.AppID, f.ItemID, f.Name, utc(at))
	return err
}

func removeFavorite(ctx context.Context, e execer, userID string, f Favorite) error {
	_, err := e.ExecContext(ctx, `DELETE FROM favorites WHERE user_id = $1 AND app_id = $2`, userID, f.AppID)
	return err
}
