package doctor

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// script is a check whose answers the test writes.
type script struct {
	mu      sync.Mutex
	problem string
	err     error
	runs    int
}

func (s *script) check() Check {
	return Check{Name: "script", Run: func(context.Context) (string, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.runs++
		return s.problem, s.err
	}}
}

func (s *script) set(problem string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problem, s.err = problem, err
}

func (s *script) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.runs
}

// watch runs a monitor of the script within a bubble of its own time.
func watch(t *testing.T, s *script, test func(m *Monitor, log *strings.Builder)) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		m := NewMonitor(slog.New(slog.NewTextHandler(&log, nil)), s.check())
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go m.Run(ctx)
		synctest.Wait()
		test(m, &log)
	})
}

func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestRepairIsSeenAndEndsTheChecks(t *testing.T) {
	s := &script{problem: "wrong"}
	watch(t, s, func(m *Monitor, log *strings.Builder) {
		pass(14 * time.Minute)
		if s.count() != 1 || !slices.Equal(m.Warnings(), []string{"wrong"}) {
			t.Errorf("%d runs, warnings %q", s.count(), m.Warnings())
		}
		pass(2 * time.Minute)
		if s.count() != 2 || strings.Count(log.String(), "WARN") != 1 {
			t.Errorf("%d runs, want 2 and one warning in the log:\n%s", s.count(), log)
		}
		s.set("", nil)
		pass(15 * time.Minute)
		if s.count() != 3 || len(m.Warnings()) != 0 {
			t.Errorf("%d runs, warnings %q after the repair", s.count(), m.Warnings())
		}
		pass(24 * time.Hour)
		if s.count() != 3 {
			t.Errorf("%d runs, want no more after all was well", s.count())
		}
	})
}

func TestTenantThatIsAwayIsNoWarning(t *testing.T) {
	s := &script{err: errors.New("away")}
	watch(t, s, func(m *Monitor, _ *strings.Builder) {
		if len(m.Warnings()) != 0 {
			t.Errorf("warnings %q", m.Warnings())
		}
		s.set("wrong", nil)
		pass(time.Minute)
		if !slices.Equal(m.Warnings(), []string{"wrong"}) {
			t.Errorf("warnings %q once it is back", m.Warnings())
		}
		s.set("", errors.New("away"))
		pass(15 * time.Minute)
		if !slices.Equal(m.Warnings(), []string{"wrong"}) {
			t.Errorf("warnings %q, want the last that was found out", m.Warnings())
		}
	})
}

func TestRecheckDoesNotWait(t *testing.T) {
	s := &script{}
	watch(t, s, func(m *Monitor, _ *strings.Builder) {
		s.set("wrong", nil)
		m.Recheck()
		synctest.Wait()
		if s.count() != 2 || len(m.Warnings()) != 1 {
			t.Errorf("%d runs, warnings %q", s.count(), m.Warnings())
		}
	})
}

func TestWarningsNeverWaitForACheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := NewMonitor(slog.New(slog.DiscardHandler), Check{Name: "slow", Run: func(ctx context.Context) (string, error) {
			<-ctx.Done()
			return "", ctx.Err()
		}})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		begun := time.Now()
		go m.Run(ctx)
		synctest.Wait()
		if len(m.Warnings()) != 0 || time.Since(begun) != 0 {
			t.Errorf("warnings %q after %v", m.Warnings(), time.Since(begun))
		}
	})
}
