package templates

import (
	"math"
	"strings"
	"time"
)

// Moment is a time as pages show it.
type Moment struct {
	Machine  string // for the datetime attribute
	Exact    string // in the user's time zone, which it names
	Relative string
}

// Moment describes t as seen at now, whose time zone it takes. It is nil for
// the zero time, which stands for "never" or "unknown".
func (l *Language) Moment(t, now time.Time) *Moment {
	if t.IsZero() {
		return nil
	}
	return &Moment{
		Machine:  t.UTC().Format(time.RFC3339),
		Exact:    l.exact(t.In(now.Location())),
		Relative: l.relative(t, now),
	}
}

// exact formats t after time.layout, a layout of package time in which the
// month stands as "Jan". Package time knows English names only, so months come
// from time.months.
func (l *Language) exact(t time.Time) string {
	before, after, hasMonth := strings.Cut(l.texts["time.layout"], "Jan")
	months := strings.Fields(l.texts["time.months"])
	if !hasMonth || len(months) != 12 {
		return t.Format(time.RFC3339)
	}
	return t.Format(before) + months[t.Month()-1] + t.Format(after)
}

// relative says how long ago t was, in the largest unit that fits.
func (l *Language) relative(t, now time.Time) string {
	ago := now.Sub(t)
	if ago < -time.Minute {
		if ahead := -ago; ahead >= time.Hour {
			return l.counted("time.in-hours#", ahead.Hours())
		}
		return l.counted("time.in-minutes#", -ago.Minutes())
	}
	days := daysBetween(t, now)
	switch {
	case ago < time.Minute:
		return l.Text("time.now")
	case ago < time.Hour:
		return l.counted("time.minutes#", ago.Minutes())
	case ago < 12*time.Hour || days == 0:
		return l.counted("time.hours#", ago.Hours())
	case days < 31:
		return l.counted("time.days#", float64(days))
	case days < 365:
		return l.counted("time.months#", float64(days)/30.4)
	}
	return l.counted("time.years#", float64(days)/365)
}

func (l *Language) counted(key string, n float64) string {
	return l.Text(key, max(int(math.Floor(n)), 1))
}

// daysBetween counts midnights: what was at 23:00 is yesterday at 13:00.
func daysBetween(t, now time.Time) int {
	t = t.In(now.Location())
	from := time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC)
	to := time.Date(now.Year(), now.Month(), now.Day(), 12, 0, 0, 0, time.UTC)
	return int(to.Sub(from).Hours() / 24)
}
