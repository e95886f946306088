package templates

import (
	"testing"
	"time"
)

func ownLanguage(t *testing.T, code string) *Language {
	t.Helper()
	l, err := readLanguage(embedded, "text/"+code+".json")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestRelativeTimes(t *testing.T) {
	l := ownLanguage(t, "en")
	now := time.Date(2026, 3, 10, 13, 0, 0, 0, time.UTC)
	for ago, want := range map[time.Duration]string{
		0: "just now", 59 * time.Second: "just now", time.Minute: "1 minute ago", 59 * time.Minute: "59 minutes ago",
		time.Hour: "1 hour ago", 11 * time.Hour: "11 hours ago", 14 * time.Hour: "yesterday", 24 * time.Hour: "yesterday",
		48 * time.Hour: "2 days ago", 31 * 24 * time.Hour: "1 month ago", 300 * 24 * time.Hour: "9 months ago",
		400 * 24 * time.Hour: "1 year ago", -10 * time.Minute: "in 10 minutes", -90 * time.Minute: "in 1 hour",
	} {
		if got := l.relative(now.Add(-ago), now); got != want {
			t.Errorf("%v ago: %q, want %q", ago, got, want)
		}
	}
}

func TestExactTimesAreInTheUsersZoneAndLanguage(t *testing.T) {
	at := time.Date(2026, 3, 10, 13, 0, 0, 0, time.UTC)
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]string{
		"en": "10 Mar 2026, 14:00 CET", "de": "10. März 2026, 14:00 CET", "fr": "10 mars 2026 à 14:00 CET",
	} {
		if got := ownLanguage(t, code).Moment(at, at.In(paris)).Exact; got != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
}
