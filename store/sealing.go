package store

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// A sealed record is
//
//	version (1 byte) | key ID (4) | generation (8) | nonce (12) | ciphertext and tag
//
// sealed with AES-256-GCM under HKDF-Expand(server key, kind and secret): a
// server key is evenly random, so that nothing has to be extracted from it
// (RFC 5869 section 3.3). The header, the kind of record and its Redis key are
// authenticated with it, so that a record moved to another place, or given
// another generation, does not open.
const (
	sealVersion   = 2
	keyIDSize     = 4
	generationEnd = 1 + keyIDSize + 8
	nonceSize     = 12
	headerSize    = generationEnd + nonceSize
)

// errSealed reports a record that does not open: another key, another secret,
// or tampering. To whoever asked for it, it does not exist.
var errSealed = errors.New("record does not open")

// KeyRing holds the session keys: the first seals, all open. Its keys may be
// replaced while it is in use.
type KeyRing struct{ keys atomic.Pointer[[]sealKey] }

type sealKey struct {
	id  [keyIDSize]byte
	key []byte
	// made holds a cipher.AEAD for each kind of record that has no secret.
	made *sync.Map
}

// NewKeyRing returns a key ring of 32-byte keys, newest first.
func NewKeyRing(keys ...[]byte) (*KeyRing, error) {
	ring := &KeyRing{}
	return ring, ring.Replace(keys...)
}

// Replace puts other keys in place of those there are. Records sealed with a
// key that leaves the ring do not open any more.
func (r *KeyRing) Replace(keys ...[]byte) error {
	if len(keys) == 0 {
		return errors.New("no session key")
	}
	var ring []sealKey
	for i, key := range keys {
		if len(key) != 32 {
			return fmt.Errorf("session key %d has %d bytes, not 32", i+1, len(key))
		}
		sum := sha256.Sum256(append([]byte("vitrine key id "), key...))
		k := sealKey{key: bytes.Clone(key), made: &sync.Map{}}
		copy(k.id[:], sum[:])
		ring = append(ring, k)
	}
	r.keys.Store(&ring)
	return nil
}

// newest reports whether a record was sealed with the key that seals now.
func (r *KeyRing) newest(record []byte) bool {
	return len(record) > headerSize && bytes.Equal((*r.keys.Load())[0].id[:], record[1:1+keyIDSize])
}

// seal closes plain under the newest key and the record's own secret.
func (r *KeyRing) seal(kind, name, secret string, generation uint64, plain []byte) ([]byte, error) {
	k := (*r.keys.Load())[0]
	aead, err := k.aead(kind, secret)
	if err != nil {
		return nil, err
	}
	record := make([]byte, headerSize, headerSize+len(plain)+aead.Overhead())
	record[0] = sealVersion
	copy(record[1:], k.id[:])
	binary.BigEndian.PutUint64(record[1+keyIDSize:], generation)
	_, _ = rand.Read(record[generationEnd:headerSize])
	return aead.Seal(record, record[generationEnd:headerSize], plain, associated(kind, name, record)), nil
}

// open opens a record with whichever key sealed it.
func (r *KeyRing) open(kind, name, secret string, record []byte) (plain []byte, generation uint64, err error) {
	if len(record) < headerSize || record[0] != sealVersion {
		return nil, 0, errSealed
	}
	for _, k := range *r.keys.Load() {
		if !bytes.Equal(k.id[:], record[1:1+keyIDSize]) {
			continue
		}
		aead, err := k.aead(kind, secret)
		if err != nil {
			return nil, 0, err
		}
		plain, err = aead.Open(nil, record[generationEnd:headerSize], record[headerSize:], associated(kind, name, record))
		if err != nil {
			return nil, 0, errSealed
		}
		return plain, generationOf(record), nil
	}
	return nil, 0, errSealed
}

// generationOf reads a record's header; what is no record has none.
func generationOf(record []byte) uint64 {
	if len(record) < headerSize {
		return 0
	}
	return binary.BigEndian.Uint64(record[1+keyIDSize : generationEnd])
}

// generationLua does the same in Redis.
const generationLua = `
local function generation(record)
  local n = 0
  for i = 6, 13 do n = n * 256 + (string.byte(record, i) or 0) end
  return n
end
`

// aead derives the record's own key (RFC 5869): no two sessions share one. What
// has no secret of its own shares the key of its kind, which is derived once.
func (k sealKey) aead(kind, secret string) (cipher.AEAD, error) {
	if secret != "" {
		return k.derive(kind, secret)
	}
	if made, ok := k.made.Load(kind); ok {
		return made.(cipher.AEAD), nil
	}
	made, err := k.derive(kind, "")
	if err == nil {
		k.made.Store(kind, made)
	}
	return made, err
}

func (k sealKey) derive(kind, secret string) (cipher.AEAD, error) {
	key, err := hkdf.Expand(sha256.New, k.key, "vitrine "+kind+"\x00"+secret, 32)
	if err != nil {
		return nil, fmt.Errorf("derive key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	return cipher.NewGCM(block)
}

func associated(kind, name string, record []byte) []byte {
	return append(append([]byte(kind+"\x00"+name+"\x00"), record[:generationEnd]...), 0)
}
