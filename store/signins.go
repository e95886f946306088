package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// SignInResult is how a sign-in ended.
type SignInResult string

// The results a sign-in can have.
const (
	SignInSucceeded SignInResult = "succeeded"
	SignInDenied    SignInResult = "denied" // the person or the tenant said no
	SignInFailed    SignInResult = "failed" // a broken link, a broken tenant, a broken store
)

// SignIn is one entry of the sign-in log. UserID, Name and Email are empty
// when it failed before anybody was known.
type SignIn struct {
	ID                  string // given by RecordSignIn
	At                  time.Time
	UserID, Name, Email string
	Method              string // how, for example "code"
	Address, UserAgent  string // from where
	Result              SignInResult
	Reason              string // empty when it succeeded; a fixed word, never text from the tenant
	RequestID           string
}

// clipped returns the entry with texts that fit into their columns. They share no
// memory with s, whose user agent may be part of a much larger header.
func (s SignIn) clipped() SignIn {
	clip := func(text *string, most int) { *text = strings.Clone(storable(*text, most)) }
	for _, id := range []*string{&s.UserID, &s.Method, &s.Address, &s.RequestID} {
		clip(id, maxID)
	}
	for _, text := range []*string{&s.Name, &s.Email, &s.UserAgent, &s.Reason} {
		clip(text, maxText)
	}
	return s
}

// size returns about how many bytes of memory the entry takes.
func (s SignIn) size() int {
	const fields = 256
	return fields + len(s.UserID) + len(s.Name) + len(s.Email) + len(s.Method) + len(s.Address) + len(s.UserAgent) + len(s.Reason) + len(s.RequestID)
}

const signInColumns = 11

// insertSignIns is the statement that writes so many entries. SQLite's driver
// looks up each numbered value by its name, one after the other.
func (db *DB) insertSignIns(rows int) string {
	var b strings.Builder
	b.WriteString("INSERT INTO sign_ins (id, at, user_id, name, email, method, address, user_agent, result, reason, request_id) VALUES ")
	for i := range rows * signInColumns {
		switch {
		case i == 0:
			b.WriteString("(")
		case i%signInColumns == 0:
			b.WriteString("), (")
		default:
			b.WriteString(", ")
		}
		if db.Embedded() {
			b.WriteString("?")
		} else {
			b.WriteString("$" + strconv.Itoa(i+1))
		}
	}
	b.WriteString(")")
	return b.String()
}

// RecordSignIn appends entries to the sign-in log and counts those that
// succeeded for their person: all of them, or none. Entries are never changed,
// and removed by their age only (see PruneSignIns): the database itself refuses. A browser that leaves does not take
// its entry along, so only the two seconds of every call limit this one, not
// the end of ctx.
func (db *DB) RecordSignIn(ctx context.Context, entries ...SignIn) error {
	ctx, cancel := db.bounded(context.WithoutCancel(ctx))
	defer cancel()
	insert := db.insertSignIns(len(entries))
	if err := db.prepare(ctx, insert, countSignIns); err != nil {
		return fmt.Errorf("record sign-in: %w", err)
	}
	var values []any
	for _, entry := range entries {
		s := entry.clipped()
		values = append(values, rand.Text(), utc(s.At), s.UserID, s.Name, s.Email, s.Method, s.Address, s.UserAgent,
			string(s.Result), s.Reason, s.RequestID)
	}
	err := db.transact(ctx, func(tx *sql.Tx) error {
		if err := db.exec(ctx, tx, insert, values...); err != nil {
			return err
		}
		for _, p := range peopleOf(entries) {
			if err := db.exec(ctx, tx, countSignIns, p.UserID, p.Name, p.Email, p.FirstSeenAt, p.LastSeenAt, p.SignIns); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("record sign-in: %w", err)
	}
	return nil
}

// SignInFilter chooses entries of the sign-in log. Fields left empty choose all.
type SignInFilter struct {
	UserID       string
	Result       SignInResult
	Since, Until time.Time // Since is inclusive, Until is not
	After        string    // the ID of the last entry of the page before
	Limit        int       // 50 when it is zero, 1000 at most
}

// SignIns returns entries of the sign-in log, the newest first.
func (db *DB) SignIns(ctx context.Context, f SignInFilter) ([]SignIn, error) {
	ctx, cancel := db.bounded(ctx)
	defer cancel()
	statement, args := f.statement()
	all, err := query(ctx, db, scanSignIn, statement, args...)
	if err != nil {
		return nil, fmt.Errorf("read sign-in log: %w", err)
	}
	return all, nil
}

// statement asks for chosen fields only, so that each choice finds its index.
func (f SignInFilter) statement() (statement string, args []any) {
	var conditions []string
	choose := func(condition string, value any) {
		args = append(args, value)
		conditions = append(conditions, strings.ReplaceAll(condition, "$?", "$"+strconv.Itoa(len(args))))
	}
	choose("at >= $?", utc(f.Since))
	if f.UserID != "" {
		choose("user_id = $?", storable(f.UserID, maxID))
	}
	if f.Result != "" {
		choose("result = $?", storable(string(f.Result), maxID))
	}
	if !f.Until.IsZero() {
		choose("at < $?", utc(f.Until))
	}
	if f.After != "" {
		choose("(at, id) < (SELECT at, id FROM sign_ins WHERE id = $?)", storable(f.After, maxID))
	}
	limit := 50
	if f.Limit > 0 {
		limit = min(f.Limit, 1000)
	}
	return `SELECT id, at, user_id, name, email, method, address, user_agent, result, reason, request_id
		FROM sign_ins WHERE ` + strings.Join(conditions, " AND ") + `
		ORDER BY at DESC, id DESC LIMIT ` + strconv.Itoa(limit), args
}

func scanSignIn(rows *sql.Rows) (s SignIn, err error) {
	err = rows.Scan(&s.ID, timestamp{&s.At}, &s.UserID, &s.Name, &s.Email, &s.Method, &s.Address,
		&s.UserAgent, &s.Result, &s.Reason, &s.RequestID)
	return s, err
}
