package store

import (
	"encoding/binary"
	"errors"
	"math"
	"time"

	"vitrine/auth"
)

// What a sign-in writes has a form of its own: fields one after the other, texts
// with their length before them. JSON would be a good part of what it costs.
// Whoever changes the fields gives them another mark: see ownMark.
type (
	sessionRecord auth.Session
	requestRecord auth.AuthorizationRequest
)

var errRecordForm = errors.New("record is not of our form")

// AppendBinary implements encoding.BinaryAppender. What a session does not keep
// of a user is left out, see [auth.Session].
func (s *sessionRecord) AppendBinary(b []byte) ([]byte, error) {
	for _, text := range s.texts() {
		b = appendText(b, *text)
	}
	for _, t := range s.times() {
		b = appendTime(b, *t)
	}
	return b, nil
}

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (s *sessionRecord) UnmarshalBinary(b []byte) error { return takeFields(b, s.texts(), s.times()) }

func (s *sessionRecord) texts() []*string {
	return []*string{
		&s.Tokens.AccessToken, &s.Tokens.RefreshToken, &s.Tokens.IDToken, &s.Tokens.Scope,
		&s.User.ID, &s.User.TenantID, &s.User.Subject, &s.User.Name, &s.User.Email,
		&s.User.Picture, &s.User.Locale, &s.User.Zoneinfo, &s.Subject, &s.TenantSession,
	}
}

func (s *sessionRecord) times() []*time.Time {
	return []*time.Time{&s.Tokens.ObtainedAt, &s.Tokens.Expiry, &s.CreatedAt, &s.ExpiresAt}
}

// AppendBinary implements encoding.BinaryAppender.
func (r *requestRecord) AppendBinary(b []byte) ([]byte, error) {
	for _, text := range r.texts() {
		b = appendText(b, *text)
	}
	return appendTime(b, r.CreatedAt), nil
}

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (r *requestRecord) UnmarshalBinary(b []byte) error {
	return takeFields(b, r.texts(), []*time.Time{&r.CreatedAt})
}

func (r *requestRecord) texts() []*string {
	return []*string{&r.Nonce, &r.CodeVerifier, &r.Browser, &r.ReturnTo}
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// noTime stands for the zero time, which has no nanoseconds since 1970.
const noTime = math.MinInt64

func appendTime(b []byte, t time.Time) []byte {
	n := int64(noTime)
	if !t.IsZero() {
		n = t.UnixNano()
	}
	return binary.BigEndian.AppendUint64(b, uint64(n)) //nolint:gosec // the same bits
}

// takeFields reads what the two functions above have written.
func takeFields(b []byte, texts []*string, times []*time.Time) error {
	for _, text := range texts {
		size, n := binary.Uvarint(b)
		if n <= 0 || size > uint64(len(b)-n) { //nolint:gosec // n is no more than there is
			return errRecordForm
		}
		*text, b = string(b[n:n+int(size)]), b[n+int(size):] //nolint:gosec // no more than there is
	}
	for _, t := range times {
		if len(b) < 8 {
			return errRecordForm
		}
		if n := int64(binary.BigEndian.Uint64(b)); n != noTime { //nolint:gosec // the same bits
			*t = time.Unix(0, n).UTC()
		}
		b = b[8:]
	}
	if len(b) != 0 {
		return errRecordForm
	}
	return nil
}
