package oauth

import (
	"maps"
	"slices"
	"sync"
	"time"

	"vitrine/demo/state"
)

// code is an authorization code, good once.
type code struct {
	user                                    *state.User
	clientID, redirectURI, challenge, nonce string
	scopes                                  []string
	authTime, expires                       time.Time
	grant                                   *grant // set once the code is spent
}

// grant is what one sign-in gave to the client: the family of all its tokens,
// and one line in /api/v1/oauth-tokens. The table's lock guards lastUsed,
// revoked and rotated; the rest does not change once the grant is in the table.
type grant struct {
	id                      string
	user                    *state.User
	clientID, nonce         string
	scopes                  []string
	description, deviceType string
	authTime, lastUsed      time.Time
	revoked                 bool
	rotated                 []*token // spent refresh tokens that the storage has as unspent
}

func (g *grant) has(scope string) bool { return slices.Contains(g.scopes, scope) }

// Kinds of tokens.
const (
	kindAccess = iota
	kindRefresh
	kindTemporary // exchanged, for URLs
)

type token struct {
	value   string
	grant   *grant
	kind    int
	purpose string // of a temporary token
	parent  *token // the access token it was exchanged for
	expires time.Time
	spent   bool // a refresh token that was rotated away
	revoked bool
}

// live reports whether a token may be used. The caller holds the lock.
func (tok *token) live(now time.Time) bool {
	return tok != nil && !tok.revoked && !tok.spent && !tok.grant.revoked && now.Before(tok.expires) &&
		(tok.parent == nil || tok.parent.live(now))
}

// grantTable holds all codes and tokens by value: a token is good because it
// is here, whatever its signature, so revocation works at once. Its
// methods take the lock; none of them answers a request.
type grantTable struct {
	mu     sync.Mutex
	codes  map[string]*code
	tokens map[string]*token
	grants map[string]*grant
	save   func(map[string]any) // to the storage
}

func newGrantTable(save func(map[string]any)) *grantTable {
	return &grantTable{codes: make(map[string]*code), tokens: make(map[string]*token), grants: make(map[string]*grant), save: save}
}

func (t *grantTable) addCode(c *code) string {
	value := state.RandomHex(24)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.codes[value] = c
	return value
}

// findCode returns the unspent code of that value. RFC 6749 section 4.1.2: the
// second use of a code revokes the grant of the first.
func (t *grantTable) findCode(value, clientID string) (c *code, reused bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c = t.codes[value]
	if c == nil || c.clientID != clientID {
		return nil, false
	}
	return c, t.reused(c)
}

// spend marks the code as used for the grant, and fails if it already was.
func (t *grantTable) spend(c *code, g *grant) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.reused(c) {
		return false
	}
	c.grant = g
	return true
}

// reused revokes the grant of a spent code. The caller holds the lock.
func (t *grantTable) reused(c *code) bool {
	if c.grant != nil {
		t.end(c.grant)
	}
	return c.grant != nil
}

// add stores tokens, with their grant if it is new.
func (t *grantTable) add(g *grant, tokens map[string]*token, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sweep(now)
	g.lastUsed = now
	t.grants[g.id] = g
	for value, tok := range tokens {
		tok.value = value
		t.tokens[value] = tok
	}
	t.saveTokens(g, tokens)
}

// refreshState is what findRefresh and rotate report of a refresh token.
type refreshState int

const (
	refreshUnknown refreshState = iota
	refreshReused
	refreshExpired // or revoked
	refreshLive
)

// findRefresh looks a refresh token up. A spent one that comes again means that
// two parties hold it, which revokes the family.
func (t *grantTable) findRefresh(value, clientID string, now time.Time) (*token, refreshState) {
	t.mu.Lock()
	defer t.mu.Unlock()
	tok := t.tokens[value]
	if tok == nil || tok.kind != kindRefresh || tok.grant.clientID != clientID {
		return nil, refreshUnknown
	}
	return tok, t.refreshState(tok, now)
}

// rotate spends a refresh token that was live when it was found.
func (t *grantTable) rotate(tok *token, now time.Time) refreshState {
	t.mu.Lock()
	defer t.mu.Unlock()
	state := t.refreshState(tok, now)
	tok.spent = true
	tok.grant.rotated = append(tok.grant.rotated, tok)
	return state
}

func (t *grantTable) refreshState(tok *token, now time.Time) refreshState {
	switch {
	case tok.spent:
		t.end(tok.grant)
		return refreshReused
	case !tok.live(now):
		return refreshExpired
	}
	return refreshLive
}

// find returns the token of this kind if it may be used now.
func (t *grantTable) find(value string, kind int, now time.Time) (tok *token, found bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	tok = t.tokens[value]
	if tok == nil || tok.kind != kind || !tok.live(now) {
		return nil, false
	}
	tok.grant.lastUsed = now
	return tok, true
}

func (t *grantTable) isLive(tok *token, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return tok.live(now)
}

// of returns the grant of a token, nil for an unknown one.
func (t *grantTable) of(value string) *grant {
	t.mu.Lock()
	defer t.mu.Unlock()
	if tok := t.tokens[value]; tok != nil {
		return tok.grant
	}
	return nil
}

// revoke ends one token. RFC 7009 leaves open whether a refresh token takes
// its access tokens along; here it does not.
func (t *grantTable) revoke(value string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if tok := t.tokens[value]; tok != nil {
		tok.revoked = true
		t.save(map[string]any{tokenKey(value): nil})
	}
}

// revokeClient ends everything a client was given.
func (t *grantTable) revokeClient(clientID string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, given := range t.grants {
		if given.clientID == clientID {
			t.end(given)
		}
	}
}

// revokeGrant ends a whole family if the caller may see it, and returns it.
func (t *grantTable) revokeGrant(id string, caller *state.Caller) *grant {
	t.mu.Lock()
	defer t.mu.Unlock()
	g := t.grants[id]
	if g == nil || !g.visibleTo(caller) {
		return nil
	}
	t.end(g)
	return g
}

// end revokes a family. The caller holds the lock.
func (t *grantTable) end(g *grant) {
	if g.revoked {
		return
	}
	g.revoked = true
	gone := map[string]any{}
	for value, tok := range t.tokens {
		if tok.grant == g {
			gone[tokenKey(value)] = nil
		}
	}
	t.save(gone)
}

// list describes the grants that the caller may see.
func (t *grantTable) list(caller *state.Caller) []Grant {
	t.mu.Lock()
	defer t.mu.Unlock()
	var list []Grant
	for _, g := range t.grants {
		if g.visibleTo(caller) {
			list = append(list, Grant{g.id, g.user.ID, g.clientID, g.description, g.deviceType, g.lastUsed})
		}
	}
	return list
}

// visibleTo: users see their own grants, admins all. The caller holds the lock.
func (g *grant) visibleTo(caller *state.Caller) bool {
	return !g.revoked && (g.user == caller.User || caller.Admin())
}

// sweep forgets what has expired, once there is much of it. A spent refresh
// token stays until it expires: its reuse must be noticed. The caller holds the
// lock.
func (t *grantTable) sweep(now time.Time) {
	if len(t.tokens)+len(t.codes) < 20_000 {
		return
	}
	gone := map[string]any{}
	maps.DeleteFunc(t.tokens, func(value string, tok *token) bool {
		if now.After(tok.expires) {
			gone[tokenKey(value)] = nil
		}
		return now.After(tok.expires)
	})
	t.save(gone)
	maps.DeleteFunc(t.codes, func(_ string, c *code) bool { return now.After(c.expires.Add(time.Hour)) })
}
