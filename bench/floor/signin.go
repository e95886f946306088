package main

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/oauth2"
)

const (
	sessionCookie = "floor"
	browserCookie = "floor_browser"
	requestTTL    = 15 * time.Minute
	sessionTTL    = 30 * time.Minute
)

// record is a session as it is kept: sealed, in a form that needs no parser.
type record struct {
	expiry                    time.Time // of the access token
	accessToken, refreshToken string
	user                      []byte // JSON
}

func (s record) encode() []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(s.expiry.UnixNano()))
	for _, part := range [][]byte{[]byte(s.accessToken), []byte(s.refreshToken), s.user} {
		b = binary.BigEndian.AppendUint16(b, uint16(len(part)))
		b = append(b, part...)
	}
	return b
}

func decode(b []byte) record {
	s := record{expiry: time.Unix(0, int64(binary.BigEndian.Uint64(b)))}
	b = b[8:]
	next := func() []byte {
		part := b[2 : 2+binary.BigEndian.Uint16(b)]
		b = b[2+len(part):]
		return part
	}
	s.accessToken, s.refreshToken, s.user = string(next()), string(next()), next()
	return s
}

func (f *floor) read(ctx context.Context, id string) (record, error) {
	sealed, err := f.redis.Get(ctx, "floor:"+id).Bytes()
	if err != nil || len(sealed) < f.seal.NonceSize() {
		return record{}, errNoSession
	}
	nonce := sealed[:f.seal.NonceSize()]
	plain, err := f.seal.Open(sealed[len(nonce):len(nonce)], nonce, sealed[len(nonce):], []byte(id))
	if err != nil {
		return record{}, errNoSession
	}
	return decode(plain), nil
}

func (f *floor) write(ctx context.Context, id string, s record) error {
	nonce := make([]byte, f.seal.NonceSize())
	_, _ = rand.Read(nonce)
	return f.redis.Set(ctx, "floor:"+id, f.seal.Seal(nonce, nonce, s.encode(), []byte(id)), sessionTTL).Err()
}

// login starts a code flow: state in Redis, bound to this browser, and PKCE.
func (f *floor) login(w http.ResponseWriter, r *http.Request) error {
	state, browser, verifier := rand.Text(), rand.Text(), oauth2.GenerateVerifier()
	if err := f.redis.Set(r.Context(), "floor-state:"+state, browser+verifier, requestTTL).Err(); err != nil {
		return err
	}
	setCookie(w, browserCookie, browser)
	http.Redirect(w, r, f.oauth.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier)), http.StatusFound)
	return nil
}

// callback finishes it: the state is used up, the browser is the same, the code
// becomes tokens, users/me says who it is, and a new session is kept.
func (f *floor) callback(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	kept, err := f.redis.GetDel(r.Context(), "floor-state:"+query.Get("state")).Result()
	if err != nil {
		return fmt.Errorf("state: %w", err)
	}
	cookie, err := r.Cookie(browserCookie)
	if err != nil || len(kept) < len(cookie.Value) ||
		subtle.ConstantTimeCompare([]byte(kept[:len(cookie.Value)]), []byte(cookie.Value)) != 1 {
		return errors.New("another browser")
	}
	ctx := context.WithValue(r.Context(), oauth2.HTTPClient, f.client)
	token, err := f.oauth.Exchange(ctx, query.Get("code"), oauth2.VerifierOption(kept[len(cookie.Value):]))
	if err != nil {
		return err
	}
	user, err := f.usersMe(ctx, token.AccessToken)
	if err != nil {
		return err
	}
	id := rand.Text() + rand.Text()
	s := record{expiry: token.Expiry, accessToken: token.AccessToken, refreshToken: token.RefreshToken, user: user}
	if err := f.write(ctx, id, s); err != nil {
		return err
	}
	setCookie(w, sessionCookie, id)
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

// usersMe keeps of a person what /api/session tells.
func (f *floor) usersMe(ctx context.Context, token string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, f.tenant.String()+"/api/v1/users/me", nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	resp, err := f.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("users/me: %s", resp.Status)
	}
	var user struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Email string `json:"email"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&user); err != nil {
		return nil, err
	}
	return json.Marshal(user)
}

// renew swaps the refresh token for a new access token.
func (f *floor) renew(ctx context.Context, id string) (record, error) {
	s, err := f.read(ctx, id)
	if err != nil || time.Now().Before(s.expiry) {
		return s, err
	}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, f.client)
	token, err := f.oauth.TokenSource(ctx, &oauth2.Token{RefreshToken: s.refreshToken}).Token()
	if err != nil {
		return record{}, err
	}
	s.expiry, s.accessToken, s.refreshToken = token.Expiry, token.AccessToken, token.RefreshToken
	return s, f.write(ctx, id, s)
}

func setCookie(w http.ResponseWriter, name, value string) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
}
