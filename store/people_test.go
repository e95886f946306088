package store

import (
	"testing"
	"time"
)

func testPersonCountsSignIns(t *testing.T, db *DB) {
	s := aSignIn()
	check(t, db.RecordSignIn(t.Context(), s))
	s.At, s.Name, s.Email = noon.Add(time.Hour), "Ada L.", "ada@example.org"
	check(t, db.RecordSignIn(t.Context(), s))
	p, found, err := db.Person(t.Context(), "u1")
	check(t, err)
	if !found {
		t.Fatal("not found")
	}
	first := noon.UTC().Truncate(time.Microsecond)
	same(t, "person", p, Person{
		UserID: "u1", Name: "Ada L.", Email: "ada@example.org",
		FirstSeenAt: first, LastSeenAt: first.Add(time.Hour), SignIns: 2,
	})
	if _, found, err := db.Person(t.Context(), "u2"); found || err != nil {
		t.Errorf("somebody unknown: found %v, error %v", found, err)
	}
}

func testPersonKeepsTheLaterName(t *testing.T, db *DB) {
	later, earlier := aSignIn(), aSignIn()
	later.Name, earlier.At = "Later", noon.Add(-time.Hour)
	check(t, db.RecordSignIn(t.Context(), later))
	check(t, db.RecordSignIn(t.Context(), earlier))
	p, _, err := db.Person(t.Context(), "u1")
	check(t, err)
	last := noon.UTC().Truncate(time.Microsecond)
	same(t, "person", p, Person{
		UserID: "u1", Name: "Later", Email: "ada@example.com",
		FirstSeenAt: last.Add(-time.Hour), LastSeenAt: last, SignIns: 2,
	})
}
