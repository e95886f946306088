package state

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// RandomHex returns that many random bytes in hexadecimal.
func RandomHex(bytes int) string {
	b := make([]byte, bytes)
	rand.Read(b) // never fails, crypto/rand ends the program instead
	return hex.EncodeToString(b)
}

// StableID returns the same 24 hex digits on every start, so that links and
// tests survive a restart.
func StableID(kind, name string) string {
	h := HashOf(kind + "\x00" + name)
	return "65" + hex.EncodeToString(h[:11])
}

func stableUUID(name string) string {
	h := HashOf("app\x00" + name)
	h[6], h[8] = h[6]&0x0f|0x40, h[8]&0x3f|0x80 // version 4, RFC 9562
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// HashOf decides whatever differs between records by their name.
func HashOf(name string) [32]byte { return sha256.Sum256([]byte(name)) }

// ContentHash is a short name of some content.
func ContentHash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:6])
}

// Timestamp is the tenant's form of an instant, UTC with milliseconds; "" for
// the zero time.
func Timestamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2006-01-02T15:04:05.000Z")
}
