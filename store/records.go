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
	cardRecord    Card
)

var errRecordForm = errors.New("record is not of our form")

// AppendBinary implements encoding.BinaryAppender. What a session does not keep
// of a user is left out, see [auth.Session].
func (s *sessionRecord) AppendBinary(b []byte) ([]byte, error) { return s.fields().append(b), nil }

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (s *sessionRecord) UnmarshalBinary(b []byte) error { return s.fields().take(b) }

func (s *sessionRecord) fields() fields {
	return fields{
		texts: []*string{
			&s.Tokens.AccessToken, &s.Tokens.RefreshToken, &s.Tokens.IDToken, &s.Tokens.Scope,
			&s.User.ID, &s.User.TenantID, &s.User.Subject, &s.User.Name, &s.User.Email,
			&s.User.Picture, &s.User.Locale, &s.User.Zoneinfo, &s.Subject, &s.TenantSession,
		},
		times: []*time.Time{&s.Tokens.ObtainedAt, &s.Tokens.Expiry, &s.CreatedAt, &s.ExpiresAt},
	}
}

// AppendBinary implements encoding.BinaryAppender.
func (r *requestRecord) AppendBinary(b []byte) ([]byte, error) { return r.fields().append(b), nil }

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (r *requestRecord) UnmarshalBinary(b []byte) error { return r.fields().take(b) }

func (r *requestRecord) fields() fields {
	return fields{
		texts: []*string{&r.Nonce, &r.CodeVerifier, &r.Browser, &r.ReturnTo},
		times: []*time.Time{&r.CreatedAt},
	}
}

// AppendBinary implements encoding.BinaryAppender.
func (c *cardRecord) AppendBinary(b []byte) ([]byte, error) { return c.fields().append(b), nil }

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (c *cardRecord) UnmarshalBinary(b []byte) error { return c.fields().take(b) }

func (c *cardRecord) fields() fields {
	return fields{
		texts: []*string{&c.UserID, &c.Name, &c.Device.UserAgent, &c.Device.Address},
		times: []*time.Time{&c.CreatedAt, &c.ExpiresAt},
	}
}

// fields are those of a record, in the order in which they stand in it.
type fields struct {
	texts []*string
	times []*time.Time
}

// noTime stands for the zero time, which has no nanoseconds since 1970.
const noTime = math.MinInt64

func (f fields) append(b []byte) []byte {
	for _, text := range f.texts {
		b = append(binary.AppendUvarint(b, uint64(len(*text))), *text...)
	}
	for _, t := range f.times {
		n := int64(noTime)
		if !t.IsZero() {
			n = t.UnixNano()
		}
		b = binary.BigEndian.AppendUint64(b, uint64(n)) //nolint:gosec // the same bits
	}
	return b
}

// take reads what append has written.
func (f fields) take(b []byte) error {
	for _, text := range f.texts {
		size, n := binary.Uvarint(b)
		if n <= 0 || size > uint64(len(b)-n) { //nolint:gosec // n is no more than there is
			return errRecordForm
		}
		*text, b = string(b[n:n+int(size)]), b[n+int(size):] //nolint:gosec // no more than there is
	}
	for _, t := range f.times {
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
