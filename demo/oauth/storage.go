package oauth

import (
	"encoding/json"
	"strings"
	"time"
)

// Access tokens, refresh tokens and cookie sessions outlive a restart where the
// state has a storage. Codes, temporary tokens, approvals and signing keys do
// not: they are short-lived, or made again. Neither do users and clients that
// were added, so their tokens and sessions are deleted at the next start.

// tokenRecord is a token in the storage, with its grant.
type tokenRecord struct {
	Kind                    int
	Expires                 time.Time
	Spent                   bool
	GrantID, UserID         string
	ClientID, Nonce         string
	Scopes                  []string
	Description, DeviceType string
	AuthTime                time.Time
}

// sessionRecord is a cookie session in the storage.
type sessionRecord struct {
	UserID, CSRFToken  string
	AuthTime, LastSeen time.Time
}

const (
	tokenPrefix   = "token/"
	sessionPrefix = "session/"
)

func tokenKey(value string) string { return tokenPrefix + value }

// saveTokens writes new tokens of a grant. The refresh token that they replace
// stays usable in the storage until they are replaced themselves: a client that
// stopped together with the tenant may not have got them. The caller holds the
// lock.
func (t *grantTable) saveTokens(g *grant, tokens map[string]*token) {
	if g.revoked {
		return
	}
	records := map[string]any{}
	for value, tok := range tokens {
		if tok.kind != kindTemporary {
			records[tokenKey(value)] = tok.record()
		}
	}
	if last := len(g.rotated) - 1; last > 0 {
		for _, tok := range g.rotated[:last] {
			records[tokenKey(tok.value)] = tok.record()
		}
		g.rotated = g.rotated[last:]
	}
	t.save(records)
}

func (tok *token) record() tokenRecord {
	g := tok.grant
	return tokenRecord{
		Kind: tok.kind, Expires: tok.expires, Spent: tok.spent, GrantID: g.id, UserID: g.user.ID, ClientID: g.clientID,
		Nonce: g.nonce, Scopes: g.scopes, Description: g.description, DeviceType: g.deviceType, AuthTime: g.authTime,
	}
}

// keep writes a session to the storage. The caller holds the lock.
func (sessions *Sessions) keep(s *Session) {
	s.saved = s.lastSeen
	sessions.Save(map[string]any{sessionPrefix + s.id: sessionRecord{s.User.ID, s.csrfToken, s.authTime, s.lastSeen}})
}

// forget deletes a session, here and in the storage. The caller holds the lock.
func (sessions *Sessions) forget(id string) {
	if sessions.sessions[id] != nil {
		delete(sessions.sessions, id)
		sessions.Save(map[string]any{sessionPrefix + id: nil})
	}
}

// Restore reads tokens and cookie sessions from the storage, if there is one,
// and deletes those that have no use any more. Call it before the first request.
func (guard *Guard) Restore() error {
	if guard.Storage == nil {
		return nil
	}
	records, err := guard.Storage.Load()
	if err != nil {
		return err
	}
	useless := map[string]any{}
	for key, record := range records {
		if value, isToken := strings.CutPrefix(key, tokenPrefix); isToken && guard.restoreToken(value, record) {
			continue
		}
		if id, isSession := strings.CutPrefix(key, sessionPrefix); isSession && guard.restoreSession(id, record) {
			continue
		}
		useless[key] = nil
	}
	guard.Save(useless)
	return nil
}

func (guard *Guard) restoreToken(value string, record []byte) bool {
	var r tokenRecord
	if json.Unmarshal(record, &r) != nil || guard.Now().After(r.Expires) {
		return false
	}
	user := guard.UserByID(r.UserID)
	if _, found := guard.ConnectedClient(r.ClientID); !found || user == nil {
		return false
	}
	g := guard.grants.grants[r.GrantID]
	if g == nil {
		g = &grant{
			id: r.GrantID, user: user, clientID: r.ClientID, nonce: r.Nonce, scopes: r.Scopes,
			description: r.Description, deviceType: r.DeviceType, authTime: r.AuthTime, lastUsed: guard.Now(),
		}
		guard.grants.grants[g.id] = g
	}
	guard.grants.tokens[value] = &token{value: value, grant: g, kind: r.Kind, expires: r.Expires, spent: r.Spent}
	return true
}

func (guard *Guard) restoreSession(id string, record []byte) bool {
	var r sessionRecord
	if json.Unmarshal(record, &r) != nil {
		return false
	}
	user := guard.UserByID(r.UserID)
	if user == nil {
		return false
	}
	guard.sessions[id] = &Session{id: id, User: user, authTime: r.AuthTime, lastSeen: r.LastSeen, csrfToken: r.CSRFToken, saved: r.LastSeen}
	return guard.touch(id, guard.Now())
}
