package handlers

import (
	"math"
	"net/url"
	"strings"
	"time"
)

// moment is a time as pages show it.
type moment struct {
	Machine  string // for the datetime attribute
	Exact    string // in the person's time zone, which it names
	Relative string
}

// moment describes t as seen at now, whose time zone it takes. It is nil for
// the zero time, which stands for "never" or "unknown".
func (h *Handlers) moment(t, now time.Time) *moment {
	if t.IsZero() {
		return nil
	}
	return &moment{
		Machine:  t.UTC().Format(time.RFC3339),
		Exact:    t.In(now.Location()).Format("2 Jan 2006, 15:04 MST"),
		Relative: h.relative(t, now),
	}
}

// relative says how long ago t was, in the largest unit that fits.
func (h *Handlers) relative(t, now time.Time) string {
	ago := now.Sub(t)
	if ago < -time.Minute {
		if ahead := -ago; ahead >= time.Hour {
			return h.counted("time.in-hours#", ahead.Hours())
		}
		return h.counted("time.in-minutes#", -ago.Minutes())
	}
	days := daysBetween(t, now)
	switch {
	case ago < time.Minute:
		return h.text("time.now")
	case ago < time.Hour:
		return h.counted("time.minutes#", ago.Minutes())
	case ago < 12*time.Hour || days == 0:
		return h.counted("time.hours#", ago.Hours())
	case days < 31:
		return h.counted("time.days#", float64(days))
	case days < 365:
		return h.counted("time.months#", float64(days)/30.4)
	}
	return h.counted("time.years#", float64(days)/365)
}

func (h *Handlers) counted(key string, n float64) string {
	return h.text(key, max(int(math.Floor(n)), 1))
}

// daysBetween counts midnights: what was at 23:00 is yesterday at 13:00.
func daysBetween(t, now time.Time) int {
	t = t.In(now.Location())
	from := time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC)
	to := time.Date(now.Year(), now.Month(), now.Day(), 12, 0, 0, 0, time.UTC)
	return int(to.Sub(from).Hours() / 24)
}

// Addresses of pages. IDs are the tenant's, so they are escaped.
func appPath(appID string) string { return "/apps/" + url.PathEscape(appID) }

func sheetPath(appID, sheetID string) string {
	return appPath(appID) + "/sheets/" + url.PathEscape(sheetID)
}

// relayed is the address of a file of the tenant under our own origin, or "".
func relayed(tenantPath string) string {
	if !strings.HasPrefix(tenantPath, "/api/") {
		return ""
	}
	return relayPrefix + tenantPath
}
