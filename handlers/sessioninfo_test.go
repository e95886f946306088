package handlers

import (
	"encoding/json"
	"testing"
	"time"

	"vitrine/auth"
	"vitrine/qlik"
)

// What is spelled out by hand says the same as what the library writes.
func TestSessionInfoIsWhatTheLibraryWrites(t *testing.T) {
	type user struct {
		ID      string `json:"id"`
		Name    string `json:"name"`
		Email   string `json:"email"`
		Subject string `json:"subject"`
		Locale  string `json:"locale"`
	}
	created := time.Date(2026, 11, 21, 9, 30, 15, 999, time.FixedZone("", 3600))
	for _, name := range []string{
		"", "Ann", "Ann \"the\" O'Neil", "back\\slash", "</script>", "a&b", "Jörg Größe", "日本", "tab\tnew\nline\x00\x7f", "bad \xff UTF-8", "\u2028",
	} {
		s := auth.Session{
			User:      qlik.User{ID: "id", Name: name, Email: "ann@example.com", Subject: "auth0|" + name, Locale: "de"},
			CreatedAt: created, ExpiresAt: created.Add(12 * time.Hour), IdleUntil: created.Add(time.Hour),
		}
		want, err := json.Marshal(struct {
			Authenticated bool      `json:"authenticated"`
			User          user      `json:"user"`
			CreatedAt     time.Time `json:"created_at"`
			ExpiresAt     time.Time `json:"expires_at"`
			MaxAgeAt      time.Time `json:"max_age_at"`
			Now           time.Time `json:"now"`
		}{
			true, user{s.User.ID, s.User.Name, s.User.Email, s.User.Subject, s.User.Locale},
			second(created), second(s.IdleUntil), second(s.ExpiresAt), second(created.Add(time.Minute)),
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := appendSessionInfo(nil, s, created.Add(time.Minute)); string(got) != string(want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func second(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }
