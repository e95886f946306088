package doctor

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"
)

const (
	// wrongInterval is how often checks are repeated while something is wrong.
	wrongInterval = 15 * time.Minute
	// unknownInterval is the same while a check cannot be made: a tenant that
	// was away at the start is usually back soon.
	unknownInterval = time.Minute
	// checkTimeout limits one check.
	checkTimeout = 20 * time.Second
)

// Monitor makes checks in the background and keeps what they found. Its methods
// are safe for concurrent use.
type Monitor struct {
	checks   []Check
	logger   *slog.Logger
	again    chan struct{}
	problems map[string]string // by name of the check; for Run alone
	warnings atomic.Pointer[[]string]
}

// NewMonitor returns a monitor that has checked nothing yet.
func NewMonitor(logger *slog.Logger, checks ...Check) *Monitor {
	m := &Monitor{checks: checks, logger: logger, again: make(chan struct{}, 1), problems: map[string]string{}}
	m.warnings.Store(&[]string{})
	return m
}

// Warnings returns what is wrong, as last found. It never waits.
func (m *Monitor) Warnings() []string { return *m.warnings.Load() }

// Recheck has Run repeat the checks now: a setting has changed.
func (m *Monitor) Recheck() {
	select {
	case m.again <- struct{}{}:
	default: // that is going to happen anyway
	}
}

// Run makes the checks, and repeats them while something is wrong, until ctx
// ends.
func (m *Monitor) Run(ctx context.Context) {
	for {
		var repeat <-chan time.Time // never, if all is well
		if pause := m.check(ctx); pause > 0 {
			repeat = time.After(pause)
		}
		select {
		case <-ctx.Done():
			return
		case <-repeat:
		case <-m.again:
		}
	}
}

// check makes all checks once and returns the time until the next.
func (m *Monitor) check(ctx context.Context) (pause time.Duration) {
	warnings := []string{}
	for _, c := range m.checks {
		problem, err := runOne(ctx, c)
		if err != nil {
			m.logger.Debug("set-up not checked", "check", c.Name, "error", err.Error())
			problem, pause = m.problems[c.Name], unknownInterval
		}
		if problem != "" {
			warnings = append(warnings, problem)
		}
		if problem != m.problems[c.Name] {
			m.report(c, problem)
		}
		m.problems[c.Name] = problem
	}
	m.warnings.Store(&warnings)
	if pause == 0 {
		m.logger.Info("set-up checked", "warnings", len(warnings))
		if len(warnings) > 0 {
			pause = wrongInterval
		}
	}
	return pause
}

func runOne(ctx context.Context, c Check) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	return c.Run(ctx)
}

func (m *Monitor) report(c Check, problem string) {
	if problem == "" {
		m.logger.Info("set-up corrected", "check", c.Name)
		return
	}
	m.logger.Warn("set-up is wrong", "check", c.Name, "problem", problem)
}
