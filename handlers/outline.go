package handlers

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/golang-lru/v2/expirable"
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
	maxOutlineBytes = 32 << 20 // of all together; one may have a megabyte
)

// outline is what only the engine knows of an app: its sheets and its theme.
type outline struct {
	sheets []qlik.Sheet
	theme  string
}

// bytes estimates what the outline takes in memory.
func (o outline) bytes() int64 {
	n := len(o.theme) + len(o.sheets)*int(reflect.TypeFor[qlik.Sheet]().Size())
	for _, sheet := range o.sheets {
		n += len(sheet.ID) + len(sheet.Title) + len(sheet.Description) + len(sheet.Thumbnail)
		n += len(sheet.Cells) * int(reflect.TypeFor[qlik.Cell]().Size())
		for _, cell := range sheet.Cells {
			n += len(cell.Name) + len(cell.Type)
		}
	}
	return int64(n)
}

// outlines caches for a minute the outline that the engine gave a user of an
// app, so that going from sheet to sheet does not open it each time. What one
// user may see is never shown to another.
type outlines struct {
	once   sync.Once
	kept   *expirable.LRU[outlineKey, outline]
	bytes  atomic.Int64 // of kept
	flight singleflight.Group
}

type outlineKey struct{ userID, appID string }

func (o *outlines) cache() *expirable.LRU[outlineKey, outline] {
	o.once.Do(func() {
		o.kept = expirable.NewLRU(maxOutlines, func(_ outlineKey, dropped outline) { o.bytes.Add(-dropped.bytes()) }, outlineLifetime)
	})
	return o.kept
}

func (o *outlines) find(key outlineKey) (outline, bool) { return o.cache().Get(key) }

func (o *outlines) keep(key outlineKey, found outline) {
	cache := o.cache()
	cache.Remove(key) // Add would replace it without a call of the function above
	o.bytes.Add(found.bytes())
	cache.Add(key, found)
	for o.bytes.Load() > maxOutlineBytes {
		if _, _, dropped := cache.RemoveOldest(); !dropped {
			break
		}
	}
}

// outline returns the app's sheets and theme as this person sees them. fresh
// asks the engine in any case.
func (h *Handlers) outline(ctx context.Context, s auth.Session, appID string, patience time.Duration, fresh bool) (outline, error) {
	key := outlineKey{s.User.ID, appID}
	if found, ok := h.outlines.find(key); ok && !fresh {
		return found, nil
	}
	// The engine's answer serves everyone who waits for it, also when the one
	// who asked first has left.
	answer := h.outlines.flight.DoChan(key.userID+"\x00"+appID, func() (any, error) {
		asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), appPatience)
		defer cancel()
		found, err := h.readOutline(asking, s.Tokens.AccessToken, appID)
		if err == nil {
			h.outlines.keep(key, found)
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
