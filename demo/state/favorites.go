package state

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// favoriteTable keeps each user's favorites, the newest last.
type favoriteTable struct {
	mu   sync.Mutex
	apps map[string][]*App // by user ID
}

// Has reports whether the app is one of the user's favorites.
func (f *favoriteTable) Has(user *User, a *App) bool { return slices.Contains(f.Of(user), a) }

// Of returns the user's favorites in the order of adding.
func (f *favoriteTable) Of(user *User) []*App {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.apps[user.ID])
}

// Set adds or removes a favorite and reports whether that changed anything.
func (f *favoriteTable) Set(user *User, a *App, wanted bool) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := slices.Index(f.apps[user.ID], a)
	if (at >= 0) == wanted {
		return false
	}
	if f.apps == nil {
		f.apps = make(map[string][]*App)
	}
	if wanted {
		f.apps[user.ID] = append(f.apps[user.ID], a)
	} else {
		f.apps[user.ID] = slices.Delete(f.apps[user.ID], at, at+1)
	}
	return true
}

// recentTable keeps when each user last opened an app.
type recentTable struct {
	mu   sync.Mutex
	used map[string]map[string]time.Time // user ID → app ID
}

// Add records that a user opened an app.
func (r *recentTable) Add(userID, appID string, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.used == nil {
		r.used = make(map[string]map[string]time.Time)
	}
	if r.used[userID] == nil {
		r.used[userID] = make(map[string]time.Time)
	}
	r.used[userID][appID] = at
}

// Of returns the user's last uses by app ID.
func (r *recentTable) Of(userID string) map[string]time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.used[userID])
}
