package handlers

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"vitrine/auth"
	"vitrine/qlik"
)

// Patience with the engine, which may have to load the app first: long on the
// page that is about sheets, short on the one that only wants their names,
// because the browser opens the app there itself.
const (
	appPatience   = 12 * time.Second
	sheetPatience = 3 * time.Second
)

const (
	outlineLifetime = time.Minute
	maxOutlines     = 2000
)

// outline is what only the engine knows of an app: its sheets and its theme.
type outline struct {
	sheets []qlik.Sheet
	theme  string
}

// outlines remembers for a minute what the engine told a person of an app, so
// that going from sheet to sheet does not open it each time. What one person
// may see is never shown to another.
type outlines struct {
	mu     sync.Mutex
	kept   map[outlineKey]keptOutline
	flight singleflight.Group
}

type outlineKey struct{ userID, appID string }

type keptOutline struct {
	outline
	at time.Time
}

func (o *outlines) find(key outlineKey, now time.Time) (outline, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	kept, found := o.kept[key]
	return kept.outline, found && now.Sub(kept.at) < outlineLifetime
}

func (o *outlines) keep(key outlineKey, found outline, now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.kept) >= maxOutlines {
		for k, kept := range o.kept {
			if now.Sub(kept.at) >= outlineLifetime {
				delete(o.kept, k)
			}
		}
	}
	if o.kept == nil || len(o.kept) >= maxOutlines {
		o.kept = map[outlineKey]keptOutline{}
	}
	o.kept[key] = keptOutline{found, now}
}

// outline returns the app's sheets and theme as this person sees them. fresh
// asks the engine in any case.
func (h *Handlers) outline(ctx context.Context, s auth.Session, appID string, patience time.Duration, fresh bool) (outline, error) {
	key := outlineKey{s.User.ID, appID}
	if found, ok := h.outlines.find(key, h.Now()); ok && !fresh {
		return found, nil
	}
	// The engine's answer serves everyone who waits for it, also when the one
	// who asked first has left.
	answer := h.outlines.flight.DoChan(key.userID+"\x00"+appID, func() (any, error) {
		asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), appPatience)
		defer cancel()
		found, err := h.readOutline(asking, s.Tokens.AccessToken, appID)
		if err == nil {
			h.outlines.keep(key, found, h.Now())
		}
		return found, err
	})
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case result := <-answer:
		found, _ := result.Val.(outline)
		return found, result.Err
	case <-timer.C:
		return outline{}, errors.Join(qlik.ErrUnreachable, context.DeadlineExceeded)
	case <-ctx.Done():
		return outline{}, ctx.Err()
	}
}

// outlineOf returns the outline in which a sheet is looked for: one that is not
// in what we remember may be new.
func (h *Handlers) outlineOf(ctx context.Context, s auth.Session, appID, sheetID string, patience time.Duration) (outline, error) {
	known, err := h.outline(ctx, s, appID, patience, false)
	if err == nil && !slices.ContainsFunc(known.sheets, func(sheet qlik.Sheet) bool { return sheet.ID == sheetID }) {
		return h.outline(ctx, s, appID, patience, true)
	}
	return known, err
}

func (h *Handlers) readOutline(ctx context.Context, token, appID string) (outline, error) {
	engine, err := h.Qlik.OpenApp(ctx, token, appID)
	if err != nil {
		return outline{}, err
	}
	defer engine.Close()
	sheets, err := engine.Sheets(ctx)
	if err != nil {
		return outline{}, err
	}
	theme, err := engine.Theme(ctx)
	if err != nil {
		h.Logger.InfoContext(ctx, "read the app's theme", "error", err.Error())
	}
	return outline{sheets, theme}, nil
}
