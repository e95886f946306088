package bench

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"
)

// BenchmarkFloor compares the portal with the floor and prints the table, or
// profiles the portal under the same loads. Each row is a benchmark that can be
// run alone, and its rounds are its own: b.N is always 1.
func BenchmarkFloor(b *testing.B) {
	plain := getting{path: "/qlik/api/v1/plain"}
	for _, r := range []struct {
		name string
		run  func(*testing.B)
	}{
		{"get-2KB", plain.row("CPU per authenticated 2 KB GET, 64 connections", "1.25 × floor", 0.90)},
		{"get-2KB-linked", getting{path: "/qlik/api/v1/linked"}.row("– with links in it to bring back", "", 0)},
		{"get-2KB-compressed", getting{path: "/qlik/api/v1/compressed"}.row("– from a tenant that compresses", "", 0)},
		{"get-2KB-log-warn", getting{path: plain.path, portal: []string{"LOG_LEVEL=warn"}}.row("– with LOG_LEVEL=warn", "", 0)},
		{"get-2KB-gc-100", getting{path: plain.path, floor: []string{"GOGC=100"}}.row("– against a floor that collects garbage as Go does by itself", "", 0)},
		{"session", getting{path: "/api/session"}.row("CPU per /api/session", "1.3 × floor", 0.70)},
		{"download", downloadRow},
		{"idle-sockets", idleRow},
		{"echo", echoRow},
		{"sign-in", signInRow},
		{"expired-session", expiredRow},
		{"redis-commands", commandsRow},
		{"growth", growthRow(10).row("CPU growth from 10 to 100,000 sessions, 10 of them at work", "flat")},
		{"growth-at-work", growthRow(1000).row("– with 1,000 of them at work", "")},
	} {
		b.Run(r.name, r.run)
	}
	if *profiles == "" {
		fmt.Print("\n", tableText(table), "\n")
	}
}

const (
	connections = 64
	people      = 64
	rounds      = 48
	// Where a bar was set, more rounds tell more.
	moreRounds = 3 * rounds
)

// against compares the two sides and enters the row; or profiles the portal.
func against(b *testing.B, rounds int, pairs []pair, enter func(comparison)) {
	b.Helper()
	if *profiles != "" {
		writeProfiles(b, b.Name()[len("BenchmarkFloor/"):], pairs[0].portal)
		return
	}
	enter(compare(b, rounds, pairs...))
}

// getting is a load of GETs, and what the two sides are told besides.
type getting struct {
	path          string
	floor, portal []string
}

func (g getting) row(measure, straightforward string, bar float64) func(*testing.B) {
	return func(b *testing.B) {
		r := newRig(b, g.floor, g.portal)
		n := rounds
		if straightforward != "" {
			n = moreRounds
		}
		against(b, n, r.pairs(b, gets(g.path)), func(c comparison) { c.enter(b, measure, straightforward, bar, "µs/request") })
	}
}

func downloadRow(b *testing.B) {
	r := newRig(b, nil, nil)
	against(b, moreRounds, r.pairs(b, downloads), func(c comparison) {
		c.enter(b, "CPU per MiB downloaded", "1.1 × floor", 1.0, "µs/MiB")
	})
}

// idleRow fills processes that have done nothing else: memory that other loads
// left behind would hide what sockets take.
func idleRow(b *testing.B) {
	r := newRig(b, nil, nil)
	portal := perIdleSocket(b, r.portal)
	if *profiles != "" {
		fetchProfile(b, r.portal, "heap?gc=1", "idle-sockets.heap")
		return
	}
	floor := perIdleSocket(b, r.floor)
	b.ReportMetric(portal, "KiB/socket")
	table = append(table, row{
		measure: "memory per idle WebSocket, 5,000 open", straightforward: "45 KiB", bar: "14 KiB",
		here: fmt.Sprintf("%.1f KiB; floor %.1f KiB", portal, floor), met: met("14 KiB", portal <= 14),
	})
}

func echoRow(b *testing.B) {
	r := newRig(b, nil, nil)
	against(b, moreRounds, r.pairs(b, echoes), func(c comparison) {
		c.enter(b, "CPU per WebSocket echo", "1.0 × floor", 1.0, "µs/echo")
	})
}

// signInRow has each side before a demo tenant of its own, which asks users/me.
func signInRow(b *testing.B) {
	load := func(program string) side {
		p := startBefore(b, program, nil)
		at := p.tenant.NewBrowser(b)
		return cpuPer(p.child, func(tb testing.TB) (done float64) {
			tb.Helper()
			for end := time.Now().Add(roundTime); time.Now().Before(end); done++ {
				p.signIn(tb, newClient(tb), at)
			}
			return done
		})
	}
	against(b, moreRounds, []pair{{load(floorProgram), load(portalProgram)}}, func(c comparison) {
		c.enter(b, "CPU per full sign-in", "1.4 × floor", 1.15, "µs/sign-in")
	})
}

func expiredRow(b *testing.B) {
	r := newRig(b, nil, nil)
	floor, portal := newExpiry(b, r.floor, r.tenant), newExpiry(b, r.portal, r.tenant)
	against(b, 10, []pair{{side{r.floor, floor.round}, side{r.portal, portal.round}}}, func(c comparison) {
		c.enter(b, "200 parallel requests on one expired session, token endpoint takes 100 ms", "120 ms + a little", 1.1, "ms")
		last := &table[len(table)-1]
		calls, served := slices.Max(portal.calls), slices.Min(portal.served)
		last.bar = "within 1.1 × floor, 1 token call, 200 of 200"
		last.here += fmt.Sprintf("; at most %d token calls, at least %d of %d", calls, served, parallel)
		last.met = met(last.bar, c.ratio.median <= 1.1 && calls == 1 && served == parallel)
	})
}

// commandsRow counts what Redis is asked: under load, and by one person who
// opens a sheet.
func commandsRow(b *testing.B) {
	r := newRig(b, nil, nil)
	path, signedIn := "/qlik/api/v1/plain", r.portal.signInMany(b, people)
	if *profiles != "" {
		return // it is the load of the first row
	}
	l := newCrowd(b, r.portal, connections, path, signedIn)
	before := commands(b, r.redis.Addr)
	answers := l.run(5 * time.Second)
	loaded := float64(commands(b, r.redis.Addr)-before-1) / answers // one was the question itself

	const requests, per = 30, 2 * time.Second
	var opening []float64
	for _, cookies := range signedIn[:5] {
		time.Sleep(2 * time.Second) // nobody has asked for a while
		w, question := dial(b, r.portal), r.portal.question(path, cookies)
		before := commands(b, r.redis.Addr)
		for range requests {
			if status, _, err := w.ask(question); err != nil || status != http.StatusOK {
				b.Fatalf("%d, %v", status, err)
			}
			time.Sleep(per / requests)
		}
		opening = append(opening, float64(commands(b, r.redis.Addr)-before-1)/requests)
	}
	sheet := spreadOf(opening)
	b.ReportMetric(loaded, "commands/request")
	table = append(table, row{
		measure: "Redis commands per authenticated request", straightforward: "1", bar: "0.2",
		here: fmt.Sprintf("%.4f at 64 connections; %.2f for a person who opens a sheet, 30 requests in 2 s", loaded, sheet.median),
		met:  met("0.2", loaded <= 0.2 && sheet.median <= 0.2),
	})
}

// growthRow compares a portal with 10 sessions to one with 100,000, of which so
// many are at work. Each has a Redis of its own.
type growthRow int

func (active growthRow) row(measure, bar string) func(*testing.B) {
	return func(b *testing.B) {
		tenant := startTenant(b)
		few, many := growth(b, tenant, 10, 10), growth(b, tenant, 100_000, int(active))
		against(b, moreRounds, []pair{{few, many}}, func(c comparison) {
			b.ReportMetric(c.ratio.median, "x-few")
			table = append(table, row{
				measure: measure, straightforward: bar, bar: bar, met: met(bar, c.ratio.median <= 1.05),
				here: fmt.Sprintf("%.2f × (%.2f–%.2f); %.4g against %.4g µs/request", c.ratio.median, c.ratio.low, c.ratio.high, c.portal.median, c.floor.median),
			})
		})
	}
}
