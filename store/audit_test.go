package store

import (
	"testing"
	"time"
)

func anAuditEntry() AuditEntry {
	return AuditEntry{
		At: noon, Event: EventSessionEnded, UserID: "u1", Session: "handle", Actor: "u2", Address: "192.0.2.1",
		Reason: "signed out", RequestID: "r1",
	}
}

func testAuditKeepsEveryField(t *testing.T, db *DB) {
	e := anAuditEntry()
	e.Failed = true
	check(t, db.Audit(t.Context(), e))
	later := anAuditEntry()
	later.At, later.Event = noon.Add(time.Hour), EventTokensRevoked
	check(t, db.Audit(t.Context(), later))
	stranger := anAuditEntry()
	stranger.UserID = "u9"
	check(t, db.Audit(t.Context(), stranger))
	all, err := db.AuditOf(t.Context(), "u1", 10)
	check(t, err)
	if len(all) != 2 || all[0].Event != EventTokensRevoked {
		t.Fatalf("log holds %+v, want two entries, the newest first", all)
	}
	e.ID, e.At = all[1].ID, noon.UTC().Truncate(time.Microsecond)
	same(t, "entry", all[1], e)
}

func testAuditIsAppendOnly(t *testing.T, db *DB) {
	check(t, db.Audit(t.Context(), anAuditEntry()))
	for _, statement := range []string{
		`UPDATE audit SET actor = 'x'`, `DELETE FROM audit`, `TRUNCATE audit`,
		`INSERT OR REPLACE INTO audit SELECT id, at, event, 'x', session, actor, address, result, reason, request_id FROM audit`,
	} {
		if _, err := db.pool.Exec(statement); err == nil {
			t.Errorf("accepted: %s", statement)
		}
	}
}
