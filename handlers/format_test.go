package handlers

import (
	"testing"
	"time"
)

func TestRelativeTimes(t *testing.T) {
	h := newTestFormat(t)
	now := time.Date(2026, 3, 10, 13, 0, 0, 0, time.UTC)
	for ago, want := range map[time.Duration]string{
		0: "just now", 59 * time.Second: "just now", time.Minute: "1 minute ago", 59 * time.Minute: "59 minutes ago",
		time.Hour: "1 hour ago", 11 * time.Hour: "11 hours ago", 14 * time.Hour: "yesterday", 24 * time.Hour: "yesterday",
		48 * time.Hour: "2 days ago", 31 * 24 * time.Hour: "1 month ago", 300 * 24 * time.Hour: "9 months ago",
		400 * 24 * time.Hour: "1 year ago", -10 * time.Minute: "in 10 minutes", -90 * time.Minute: "in 1 hour",
	} {
		if got := h.relative(now.Add(-ago), now); got != want {
			t.Errorf("%v ago: %q, want %q", ago, got, want)
		}
	}
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	if got := h.moment(now, now.In(paris)).Exact; got != "10 Mar 2026, 14:00 CET" {
		t.Errorf("exact time %q is not in the person's zone", got)
	}
}
