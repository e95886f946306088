package store

import (
	"context"
	"time"
)

const (
	// signInPause is how long entries are gathered before they are written.
	signInPause = 250 * time.Millisecond
	// signInBatch entries are written at once. SQLite takes some 3,000 values
	// in one statement.
	signInBatch = 50
	// signInsKept and signInBytesKept bound the entries that wait while the
	// database is away. After that the oldest are lost.
	signInsKept     = 20_000
	signInBytesKept = 16 << 20
)

// NoteSignIn appends an entry to the sign-in log soon: nobody who signs in
// waits for the database. See KeepSignInLog.
func (db *DB) NoteSignIn(s SignIn) {
	db.noted.Lock()
	defer db.noted.Unlock()
	s = s.clipped()
	db.noted.entries = append(db.noted.entries, s)
	db.noted.bytes += s.size()
	db.boundNoted()
}

// boundNoted removes the oldest entries that are too many.
func (db *DB) boundNoted() {
	for len(db.noted.entries) > signInsKept || db.noted.bytes > signInBytesKept {
		db.noted.bytes -= db.noted.entries[0].size()
		db.noted.entries[0] = SignIn{} // the array keeps its first elements
		db.noted.entries = db.noted.entries[1:]
	}
}

// WriteSignIns writes the entries that were noted. What cannot be written now
// stays for the next time.
func (db *DB) WriteSignIns(ctx context.Context) error {
	db.noted.writing.Lock()
	defer db.noted.writing.Unlock()
	for {
		batch := db.takeNoted()
		if len(batch) == 0 {
			return nil
		}
		if err := db.RecordSignIn(ctx, batch...); err != nil {
			db.noted.Lock()
			db.noted.entries = append(batch, db.noted.entries...)
			db.noted.bytes += sizeOf(batch)
			db.boundNoted()
			db.noted.Unlock()
			return err
		}
	}
}

func (db *DB) takeNoted() []SignIn {
	db.noted.Lock()
	defer db.noted.Unlock()
	n := min(len(db.noted.entries), signInBatch)
	batch := db.noted.entries[:n:n]
	db.noted.bytes -= sizeOf(batch)
	if db.noted.entries = db.noted.entries[n:]; len(db.noted.entries) == 0 {
		db.noted.entries = nil
	}
	return batch
}

func sizeOf(entries []SignIn) (bytes int) {
	for _, s := range entries {
		bytes += s.size()
	}
	return bytes
}

// KeepSignInLog writes what is noted, until ctx ends. Call WriteSignIns once
// more after that. fault hears of a database that is away, once each time.
func (db *DB) KeepSignInLog(ctx context.Context, fault func(error)) {
	tick := time.NewTicker(signInPause)
	defer tick.Stop()
	away := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := db.WriteSignIns(ctx)
		if err != nil && !away {
			fault(err)
		}
		away = err != nil
	}
}
