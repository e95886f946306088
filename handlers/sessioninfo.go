package handlers

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"vitrine/auth"
)

// sessionInfo answers /api/session: who is signed in, and until when. GET does
// not count as use, so that a page may watch its own session; POST does: the
// person asked to stay.
func (h *Handlers) sessionInfo(c *gin.Context) error {
	noStore(c)
	used := c.Request.Method == http.MethodPost
	s, err := h.Auth.Alive(c.Request.Context(), h.sessionID(c), used)
	if errors.Is(err, auth.ErrNoSession) {
		c.JSON(http.StatusUnauthorized, gin.H{"authenticated": false})
		return nil
	}
	if err != nil {
		return err
	}
	c.Data(http.StatusOK, jsonType, appendSessionInfo(make([]byte, 0, 512), s, h.Now()))
	return nil
}

const jsonType = "application/json; charset=utf-8"

// appendSessionInfo appends what /api/session tells of a session. Times are RFC
// 3339; expires_at holds if nobody uses the session, max_age_at however much it is
// used, and now is told because browsers' clocks are off. Every open page asks for
// this again and again, so it is spelled out instead of being reflected upon.
func appendSessionInfo(b []byte, s auth.Session, now time.Time) []byte {
	b = append(b, `{"authenticated":true,"user":{"id":`...)
	b = appendText(b, s.User.ID)
	b = append(b, `,"name":`...)
	b = appendText(b, s.User.Name)
	b = append(b, `,"email":`...)
	b = appendText(b, s.User.Email)
	b = append(b, `,"subject":`...)
	b = appendText(b, s.User.Subject)
	b = append(b, `,"locale":`...)
	b = appendText(b, s.User.Locale)
	b = append(b, `},"created_at":`...)
	b = appendSecond(b, s.CreatedAt)
	b = append(b, `,"expires_at":`...)
	b = appendSecond(b, s.EndsAt())
	b = append(b, `,"max_age_at":`...)
	b = appendSecond(b, s.ExpiresAt)
	b = append(b, `,"now":`...)
	b = appendSecond(b, now)
	return append(b, '}')
}

// appendText appends a string of JSON.
func appendText(b []byte, text string) []byte {
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ', c > '~', c == '"', c == '\\', c == '<', c == '>', c == '&':
			quoted, _ := json.Marshal(text) // cannot fail: invalid UTF-8 is replaced
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, text...)
	return append(b, '"')
}

func appendSecond(b []byte, t time.Time) []byte {
	b = append(b, '"')
	b = t.UTC().AppendFormat(b, time.RFC3339)
	return append(b, '"')
}
