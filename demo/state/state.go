package state

import (
	"log/slog"
	"strings"
	"sync"
	"time"
)

// State is all that changes while a tenant runs, beside the content that does
// not. Each part has a lock of its own; none is held while another is taken.
type State struct {
	URL                    string // public base URL without a trailing slash, the issuer
	ClientID, ClientSecret string // of the portal's own client
	Now                    func() time.Time
	Log                    *slog.Logger
	Storage                Storage // nil: everything ends with the process

	Content      *Content
	Clients      Collection[Client]
	Bots         Collection[*User]
	Newcomers    Collection[*User] // made by JWT sessions
	Providers    Collection[Provider]
	Integrations Collection[WebIntegration]
	CSPEntries   Collection[CSPEntry]
	AuthSettings authSettingsBox
	Audits       auditLog
	Favorites    favoriteTable
	Recent       recentTable
	counters     counters
	settings     settingsBox

	// Ended is called after a token or a cookie session was ended on purpose.
	Ended func()
}

// settingsBox guards the settings.
type settingsBox struct {
	mu      sync.RWMutex
	current Settings
}

// Host is the tenant's own host name, as in "localhost:8090".
func (st *State) Host() string {
	_, host, _ := strings.Cut(st.URL, "://")
	return host
}

// NewState returns the state of a tenant that has just started. The caller sets
// the other exported fields.
func NewState(settings Settings, now func() time.Time) *State {
	st := &State{Now: now, Content: newContent(now()), Ended: func() {}}
	settings.fill()
	st.settings.current = settings
	st.AuthSettings.current = defaultAuthSettings(st.Content.TenantID)
	return st
}

// Settings returns one consistent copy of the settings.
func (st *State) Settings() Settings {
	st.settings.mu.RLock()
	defer st.settings.mu.RUnlock()
	return st.settings.current
}

// Configure changes the settings under their lock. The function must not call
// the tenant.
func (st *State) Configure(change func(*Settings)) {
	st.settings.mu.Lock()
	defer st.settings.mu.Unlock()
	change(&st.settings.current)
	st.settings.current.fill()
}
