package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Person is somebody who signed in at least once.
type Person struct {
	UserID, Name, Email     string
	FirstSeenAt, LastSeenAt time.Time
	SignIns                 int
}

// Person returns the person with this user ID.
func (db *DB) Person(ctx context.Context, userID string) (p Person, found bool, err error) {
	ctx, cancel := db.bounded(ctx)
	defer cancel()
	row := db.pool.QueryRowContext(ctx, `
		SELECT user_id, name, email, first_seen_at, last_seen_at, sign_in_count
		FROM people WHERE user_id = $1`, storable(userID, maxID))
	err = row.Scan(&p.UserID, &p.Name, &p.Email, timestamp{&p.FirstSeenAt}, timestamp{&p.LastSeenAt}, &p.SignIns)
	if errors.Is(err, sql.ErrNoRows) {
		return Person{}, false, nil
	}
	if err != nil {
		return Person{}, false, fmt.Errorf("read person: %w", err)
	}
	return p, true, nil
}

// countSignIn counts a sign-in for its person. Two that finish in the wrong
// order leave the name of the later one.
const countSignIn = `
	INSERT INTO people (user_id, name, email, first_seen_at, last_seen_at, sign_in_count)
	VALUES ($1, $2, $3, $4, $4, 1)
	ON CONFLICT (user_id) DO UPDATE SET
		name = CASE WHEN excluded.last_seen_at >= people.last_seen_at THEN excluded.name ELSE people.name END,
		email = CASE WHEN excluded.last_seen_at >= people.last_seen_at THEN excluded.email ELSE people.email END,
		first_seen_at = CASE WHEN excluded.first_seen_at < people.first_seen_at
			THEN excluded.first_seen_at ELSE people.first_seen_at END,
		last_seen_at = CASE WHEN excluded.last_seen_at > people.last_seen_at
			THEN excluded.last_seen_at ELSE people.last_seen_at END,
		sign_in_count = people.sign_in_count + 1`
