package demo

import (
	"sync"
	"time"
)

// code is an authorization code, good once.
type code struct {
	person                                  *person
	clientID, redirectURI, challenge, nonce string
	scopes                                  []string
	authTime, expires                       time.Time
	grant                                   *grant // set once the code is spent
}

// grant is what one sign-in gave to the client: the family of all its tokens,
// and one line in /api/v1/oauth-tokens. Its fields are guarded by grantTable.mu.
type grant struct {
	id                      string
	person                  *person
	clientID, nonce         string
	scopes                  []string
	description, deviceType string
	authTime, lastUsed      time.Time
	revoked                 bool
}

// Kinds of tokens.
const (
	kindAccess = iota
	kindRefresh
	kindTemporary // exchanged, for URLs
)

type token struct {
	grant   *grant
	kind    int
	purpose string // of a temporary token
	parent  *token // the access token it was exchanged for
	expires time.Time
	spent   bool // a refresh token that was rotated away
	revoked bool
}

// grantTable holds all codes and tokens by value: a token is good because it
// is here, whatever its signature says, so revocation works at once.
type grantTable struct {
	mu     sync.Mutex
	codes  map[string]*code
	tokens map[string]*token
	grants map[string]*grant
}

func newGrantTable() *grantTable {
	return &grantTable{codes: make(map[string]*code), tokens: make(map[string]*token), grants: make(map[string]*grant)}
}

func (g *grantTable) addCode(c *code) string {
	value := randomHex(24)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.codes[value] = c
	return value
}

// live reports whether a token may be used. The caller holds the lock.
func (tok *token) live(now time.Time) bool {
	return tok != nil && !tok.revoked && !tok.spent && !tok.grant.revoked && now.Before(tok.expires) &&
		(tok.parent == nil || tok.parent.live(now))
}

// find returns the token of this kind if it may be used now.
func (g *grantTable) find(value string, kind int, now time.Time) (tok *token, found bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	tok = g.tokens[value]
	if tok == nil || tok.kind != kind || !tok.live(now) {
		return nil, false
	}
	tok.grant.lastUsed = now
	return tok, true
}

func (g *grantTable) isLive(tok *token, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return tok.live(now)
}

// revokeClient ends everything a client was given.
func (g *grantTable) revokeClient(clientID string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, given := range g.grants {
		given.revoked = given.revoked || given.clientID == clientID
	}
}

// sweep forgets what nobody can use any more, once there is much of it. A
// spent refresh token stays until it expires: its reuse must be noticed.
// The caller holds the lock.
func (g *grantTable) sweep(now time.Time) {
	if len(g.tokens)+len(g.codes) < 20_000 {
		return
	}
	for value, tok := range g.tokens {
		if now.After(tok.expires) {
			delete(g.tokens, value)
		}
	}
	for value, c := range g.codes {
		if now.After(c.expires.Add(time.Hour)) {
			delete(g.codes, value)
		}
	}
}
