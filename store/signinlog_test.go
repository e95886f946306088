package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func testNotedSignInsAreWritten(t *testing.T, db *DB) {
	const many = 2*signInBatch + 7
	for i := range many {
		s := aSignIn()
		s.At, s.UserID, s.RequestID = noon.Add(time.Duration(i)*time.Second), fmt.Sprint("u", i%3), fmt.Sprint("r", i)
		if i%10 == 9 {
			s.Result = SignInFailed
		}
		db.NoteSignIn(s)
	}
	same(t, "log before", len(signIns(t, db, SignInFilter{})), 0)
	check(t, db.WriteSignIns(t.Context()))
	check(t, db.WriteSignIns(t.Context())) // nothing twice
	all := signIns(t, db, SignInFilter{Limit: 1000})
	same(t, "entries", len(all), many)
	for i, s := range all { // the newest first
		if want := fmt.Sprint("r", many-1-i); s.RequestID != want {
			t.Fatalf("entry %d is %s, want %s", i, s.RequestID, want)
		}
	}
	counted := 0
	for i := range 3 {
		p, found, err := db.Person(t.Context(), fmt.Sprint("u", i))
		check(t, err)
		if !found || !p.FirstSeenAt.Equal(utc(noon.Add(time.Duration(i)*time.Second))) {
			t.Errorf("person %d: found=%v, first seen %v", i, found, p.FirstSeenAt)
		}
		counted += p.SignIns
	}
	same(t, "counted sign-ins", counted, many-many/10)
}

func TestNotedSignInsWaitForTheDatabase(t *testing.T) {
	databaseURL := newFileURL(t)
	db, err := openDB(t.Context(), databaseURL, 100*time.Millisecond)
	check(t, err)
	defer db.Close()
	_, _, err = db.Migrate(t.Context())
	check(t, err)
	tx, err := mustOpen(t, databaseURL).pool.Begin() // holds the write lock
	check(t, err)
	db.NoteSignIn(aSignIn())
	ctx, cancel := context.WithCancel(t.Context())
	faults, done := make(chan error, 10), make(chan struct{})
	go func() {
		db.KeepSignInLog(ctx, func(err error) { faults <- err })
		close(done)
	}()
	<-faults
	check(t, tx.Rollback())
	for end := time.Now().Add(5 * time.Second); len(signIns(t, db, SignInFilter{})) != 1; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the entry was not written once the database was back")
		}
	}
	cancel()
	<-done
	if n := len(faults); n != 0 {
		t.Errorf("told %d times more of one outage", n)
	}
}

func TestSignInsThatWaitHaveABound(t *testing.T) {
	var db DB
	for i := range signInsKept + 5 {
		db.NoteSignIn(SignIn{RequestID: fmt.Sprint(i)})
	}
	same(t, "waiting", len(db.noted.entries), signInsKept)
	same(t, "oldest", db.noted.entries[0].RequestID, "5")
}

// Entries of the largest size stay below 16 MiB, also when a batch of them
// could not be written and waits again.
func TestSignInsThatWaitHaveABoundInBytes(t *testing.T) {
	db := mustOpen(t, "sqlite::memory:") // without tables every write fails
	large := aSignIn()
	large.Name, large.Email, large.UserAgent = strings.Repeat("n", maxText), strings.Repeat("e", maxText), strings.Repeat("é", maxText)
	const many = 15_000
	for i := range many {
		large.RequestID = fmt.Sprint(i)
		db.NoteSignIn(large)
		if i%(many/3) == 0 && db.WriteSignIns(t.Context()) == nil {
			t.Fatal("entries were written without a table")
		}
	}
	waiting := 0
	for _, s := range db.noted.entries {
		waiting += len(s.Name) + len(s.Email) + len(s.UserAgent)
	}
	if waiting > 16<<20 || waiting < 8<<20 {
		t.Errorf("%d entries of %d KiB wait", len(db.noted.entries), waiting>>10)
	}
	same(t, "counted bytes", db.noted.bytes, sizeOf(db.noted.entries))
	same(t, "newest", db.noted.entries[len(db.noted.entries)-1].RequestID, fmt.Sprint(many-1))
	_, _, err := db.Migrate(t.Context())
	check(t, err)
	check(t, db.WriteSignIns(t.Context()))
	same(t, "counted bytes of none", db.noted.bytes, 0)
}

// Processes that write batches side by side lock people's rows in one order, or
// the database ends one of the two writes as a deadlock.
func TestBatchesCountPeopleInOneOrder(t *testing.T) {
	var forth, back []string
	entry := func(id string) SignIn { return SignIn{UserID: id, Result: SignInSucceeded, At: time.Unix(1, 0)} }
	for _, p := range peopleOf([]SignIn{entry("ann"), entry("bob"), entry("cid")}) {
		forth = append(forth, p.UserID)
	}
	for _, p := range peopleOf([]SignIn{entry("cid"), entry("bob"), entry("ann"), entry("bob")}) {
		back = append(back, p.UserID)
	}
	if len(forth) != 3 || !slices.Equal(forth, back) {
		t.Errorf("people are counted in the order %v, and %v", forth, back)
	}
}
