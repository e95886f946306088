package main

import (
	"context"
	"errors"
	"time"

	"vitrine/auth"
)

const (
	// watchInterval is how often a session behind open sockets is looked after.
	watchInterval = 15 * time.Second
	// deliverInterval is how often the outbox of revocations is emptied. Whoever
	// signs out tells the tenant at once; here waits what it did not hear.
	deliverInterval = 5 * time.Second
	// keyUseInterval is how often the sessions of each key are counted, which
	// walks through all of them.
	keyUseInterval = 5 * time.Minute
	// pruneInterval is how often old entries are deleted from the sign-in log.
	pruneInterval = 24 * time.Hour
)

// watch starts what goes on beside requests, until ctx ends.
func (p *portal) watch(ctx context.Context) {
	go p.proxy.Sockets.Watch(ctx, watchInterval, p.look)
	go func() {
		if err := p.sessions.WatchEnded(ctx, p.proxy.EndSession, p.proxy.Sockets.Recheck); err != nil {
			p.logger.Error("watch ended sessions", "error", err.Error())
		}
	}()
	go p.db.KeepSignInLog(ctx, func(err error) { p.logger.Warn("sign-ins wait for the database", "error", err.Error()) })
	go p.deliver(ctx)
	go p.countKeys(ctx)
	go p.prune(ctx)
	go p.monitor.Run(ctx)
}

// countKeys keeps the gauge of how many sessions still use each key.
func (p *portal) countKeys(ctx context.Context) {
	for {
		if use, err := p.sessions.KeyUse(ctx); err == nil {
			p.keyUse.Reset()
			for key, sessions := range use {
				p.keyUse.WithLabelValues(key).Set(float64(sessions))
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(keyUseInterval):
		}
	}
}

// prune deletes old entries of the sign-in log at the start and every day. What
// cannot be deleted now is left for the next day.
func (p *portal) prune(ctx context.Context) {
	for {
		deleted, err := p.db.PruneSignIns(ctx, time.Now().Add(-p.retention))
		if err != nil && ctx.Err() == nil {
			p.logger.Warn("sign-in log was not pruned", "error", err.Error())
		} else if deleted > 0 {
			p.logger.Info("sign-in log pruned", "entries", deleted)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pruneInterval):
		}
	}
}

// look tells of a session that has open sockets when it ends. Working in a
// sheet is use, though nothing but frames may pass.
func (p *portal) look(ctx context.Context, id string, used bool) (endsAt time.Time, ended bool) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	handle := auth.Handle(id)
	// For the person's list of sessions only: losing it costs a figure.
	_ = p.sessions.NoteSockets(ctx, handle, p.process, p.proxy.Sockets.Count(handle))
	s, err := p.auth.Alive(ctx, id, used)
	if err != nil {
		return time.Time{}, errors.Is(err, auth.ErrNoSession)
	}
	return s.EndsAt(), false
}

// deliver tells the tenant of sessions that have ended, as often as it takes.
func (p *portal) deliver(ctx context.Context) {
	tick := time.NewTicker(deliverInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for p.deliverDue(ctx) > 0 { // they come in handfuls
		}
	}
}

// deliverDue tells of a handful, and returns how many there were. What failed is
// not due again for a while.
func (p *portal) deliverDue(ctx context.Context) int {
	// A store that is away is known from every request; no need to say it here.
	results, _ := p.auth.Deliver(ctx)
	for _, d := range results {
		p.handlers.RecordRevocation(ctx, d.UserID, d.Fault)
	}
	return len(results)
}
