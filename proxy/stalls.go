package proxy

import (
	"net/http"
	"sync"
	"time"

	"vitrine/auth"
)

// traffic knows every exchange under way: how many each session has, and
// whether they move. One look-out for all of them costs less than deadlines
// for each.
type traffic struct {
	most int           // exchanges of one session at a time
	wait time.Duration // how long an answer may stand still

	mu       sync.Mutex
	of       map[string]int // by session
	first    *exchange
	watching bool
}

// stallChecks is how often a stalled exchange is seen standing still.
const stallChecks = 4

func newTraffic(most int, wait time.Duration) *traffic {
	return &traffic{most: most, wait: wait, of: map[string]int{}}
}

// strangers is how much more all together may have under way who are not signed
// in than one session: few kinds of public files, which browsers keep.
const strangers = 4

// counted is whom an exchange is counted for, and how many they may have.
func (x *exchange) counted(most int) (id string, allowed int) {
	if x.session == nil {
		return "", most * strangers
	}
	return x.session.ID, most
}

// enter notes that an exchange begins, unless its session has too many.
func (t *traffic) enter(x *exchange) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	id, most := x.counted(t.most)
	if t.of[id] >= most {
		return false
	}
	t.of[id]++
	if x.next = t.first; x.next != nil {
		x.next.previous = x
	}
	t.first = x
	if !t.watching {
		t.watching = true
		time.AfterFunc(t.wait/stallChecks, t.cutStalled)
	}
	return true
}

// leave notes that it is over.
func (t *traffic) leave(x *exchange) {
	t.mu.Lock()
	defer t.mu.Unlock()
	id, _ := x.counted(t.most)
	if t.of[id]--; t.of[id] == 0 {
		delete(t.of, id)
	}
	if x.previous == nil {
		t.first = x.next
	} else {
		x.previous.next = x.next
	}
	if x.next != nil {
		x.next.previous = x.previous
	}
}

// cutStalled ends answers that stand still, because the tenant stopped in the middle
// or because the browser does not read. It comes again while there are any.
func (t *traffic) cutStalled() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for x := t.first; x != nil; x = x.next {
		moves := x.moves.Load()
		if moves != x.seen || !x.copying.Load() || x.progress.Advanced(x.browser.Value(connKey{})) {
			x.seen, x.still = moves, 0
			continue
		}
		if x.still++; x.still >= stallChecks {
			x.cut()
		}
	}
	if t.watching = t.first != nil; t.watching {
		time.AfterFunc(t.wait/stallChecks, t.cutStalled)
	}
}

// end cuts the answers to a session that has ended, and those that have not
// begun will not.
func (t *traffic) end(handle string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for x := t.first; x != nil; x = x.next {
		if x.session == nil || auth.Handle(x.session.ID) != handle {
			continue
		}
		x.ended.Store(true)
		if x.copying.Load() {
			x.cut()
		}
	}
}

// cut ends an exchange in the middle of its answer, so that the browser can
// tell. It may be called while the answer is read or written.
func (x *exchange) cut() {
	_ = http.NewResponseController(x.ResponseWriter).SetWriteDeadline(longAgo)
	go x.tenant.Close()
}
