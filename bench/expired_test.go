package bench

import (
	"io"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"
)

const parallel = 200

// expiry is one round of many requests at once on a session whose token has
// just expired.
type expiry struct {
	child  *child
	tenant *child
	wires  []*wire
	number int
	calls  []int // token requests of each round
	served []int // answers of 200 in each round
}

func newExpiry(tb testing.TB, c, tenant *child) *expiry {
	tb.Helper()
	e := &expiry{child: c, tenant: tenant}
	for range parallel {
		e.wires = append(e.wires, dial(tb, c))
	}
	// The connections to the tenant are there before, as in a portal at work.
	e.ask(tb, c.question("/qlik/api/v1/plain", c.signIn(tb, day, 0)))
	return e
}

// round returns the milliseconds from the first question to the last answer.
func (e *expiry) round(tb testing.TB) float64 {
	tb.Helper()
	e.number++
	question := e.child.question("/qlik/api/v1/plain", e.child.signIn(tb, 1, e.number))
	time.Sleep(1100 * time.Millisecond)
	before := e.refreshes(tb)
	begin := time.Now()
	served := e.ask(tb, question)
	took := time.Since(begin)
	e.served = append(e.served, served)
	e.calls = append(e.calls, e.refreshes(tb)-before)
	return float64(took.Microseconds()) / 1000
}

// ask sends the question on all wires at once and counts the answers of 200.
func (e *expiry) ask(tb testing.TB, question []byte) (served int) {
	tb.Helper()
	var wg sync.WaitGroup
	statuses := make([]int, len(e.wires))
	for i, w := range e.wires {
		wg.Go(func() { statuses[i], _, _ = w.ask(question) })
	}
	wg.Wait()
	for _, status := range statuses {
		if status == http.StatusOK {
			served++
		}
	}
	return served
}

func (e *expiry) refreshes(tb testing.TB) int {
	tb.Helper()
	resp, err := http.Get(e.tenant.url + "/refreshes")
	if err != nil {
		tb.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	n, err := strconv.Atoi(string(text))
	if err != nil {
		tb.Fatal(err)
	}
	return n
}
