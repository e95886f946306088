package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
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

// peopleOf adds up who has signed in, in the order of their IDs: processes that
// count the same people at once lock their rows in the same order.
func peopleOf(entries []SignIn) []Person {
	var people []Person
	at := map[string]int{}
	for _, s := range entries {
		if s.Result != SignInSucceeded {
			continue
		}
		id, when := storable(s.UserID, maxID), utc(s.At)
		i, known := at[id]
		if !known {
			i, at[id] = len(people), len(people)
			people = append(people, Person{UserID: id, FirstSeenAt: when, LastSeenAt: when})
		}
		p := &people[i]
		p.SignIns++
		if when.Before(p.FirstSeenAt) {
			p.FirstSeenAt = when
		}
		if !when.Before(p.LastSeenAt) {
			p.LastSeenAt, p.Name, p.Email = when, storable(s.Name, maxText), storable(s.Email, maxText)
		}
	}
	slices.SortFunc(people, func(a, b Person) int { return strings.Compare(a.UserID, b.UserID) })
	return people
}

// countSignIns counts sign-ins for their person. Two that finish in the wrong
// order leave the name of the later one.
const countSignIns = `
	INSERT INTO people (user_id, name, email, first_seen_at, last_seen_at, sign_in_count)
	VALUES ($1, $2, $3, $4, $5, $6)
	ON CONFLICT (user_id) DO UPDATE SET
		name = CASE WHEN excluded.last_seen_at >= people.last_seen_at THEN excluded.name ELSE people.name END,
		email = CASE WHEN excluded.last_seen_at >= people.last_seen_at THEN excluded.email ELSE people.email END,
		first_seen_at = CASE WHEN excluded.first_seen_at < people.first_seen_at
			THEN excluded.first_seen_at ELSE people.first_seen_at END,
		last_seen_at = CASE WHEN excluded.last_seen_at > people.last_seen_at
			THEN excluded.last_seen_at ELSE people.last_seen_at END,
		sign_in_count = people.sign_in_count + excluded.sign_in_count`
