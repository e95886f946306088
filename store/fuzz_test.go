package store

import (
	"bytes"
	"testing"
)

// FuzzRecord opens whatever Redis may hold: a record of ours opens to what was
// sealed, and anything else does not open.
func FuzzRecord(f *testing.F) {
	ring, err := NewKeyRing(bytes.Repeat([]byte("k"), 32), bytes.Repeat([]byte("o"), 32))
	if err != nil {
		f.Fatal(err)
	}
	sealed, err := ring.seal(kindSession, "name", "secret", 7, []byte("plain"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add([]byte{})
	f.Add(sealed[:headerSize])
	f.Add(sealed[:len(sealed)-1])
	f.Add(append([]byte{sealVersion + 1}, sealed[1:]...))
	f.Add(bytes.Repeat([]byte{sealVersion}, headerSize+16))
	f.Fuzz(func(t *testing.T, record []byte) {
		plain, generation, err := ring.open(kindSession, "name", "secret", record)
		if bytes.Equal(record, sealed) {
			if err != nil || string(plain) != "plain" || generation != 7 {
				t.Fatalf("our record opens to %q, %d, %v", plain, generation, err)
			}
			return
		}
		if err == nil {
			t.Fatalf("%x opens to %q", record, plain)
		}
	})
}

// FuzzSessionID takes apart whatever a cookie may hold.
func FuzzSessionID(f *testing.F) {
	for _, id := range []string{sessionID, "", ".", "a.b", "name-of-16-or-more.", "x.y.z", sessionID + sessionID} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		name, secret, ok := splitID(id)
		if ok && (name+"."+secret != id || len(secret) < 16 || len(id) > 256) {
			t.Fatalf("%q splits into %q and %q", id, name, secret)
		}
	})
}
