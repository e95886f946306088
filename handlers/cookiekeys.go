package handlers

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-contrib/sessions"
	"github.com/gin-gonic/gin"
	"github.com/gorilla/securecookie"
	gorilla "github.com/gorilla/sessions"
)

// cookieStore is the cookie store with the keys of the moment: they may be
// replaced while requests are under way.
type cookieStore struct {
	now atomic.Pointer[cookieKeys]
}

// cookieKeys are a set of keys, and what was opened with them.
type cookieKeys struct {
	*gorilla.CookieStore
	name   string               // of the session cookie
	newest []securecookie.Codec // opens only what the first key has sealed
	mu     sync.RWMutex
	kept   map[string]openedCookie
	since  time.Time
}

// openedCookie is what a session cookie holds.
type openedCookie struct {
	id     string
	newest bool // sealed by the first key
}

const (
	// Opening a cookie costs more than all else we do for a request, and a page
	// makes dozens: what was opened is kept for a minute, for so many browsers.
	cookiesKeptFor = time.Minute
	cookiesKept    = 8192
)

// open returns what a cookie holds, nothing if it is not sealed by us. It goes by
// the cookie alone, whatever this request may have made of the session since.
func (k *cookieKeys) open(sealed string) openedCookie {
	k.mu.RLock()
	o, ok := k.kept[sealed]
	ok = ok && time.Since(k.since) < cookiesKeptFor
	k.mu.RUnlock()
	if ok {
		return o
	}
	values := map[any]any{}
	if securecookie.DecodeMulti(k.name, sealed, &values, k.Codecs...) != nil {
		return openedCookie{}
	}
	o.id, _ = values[sessionIDKey].(string)
	o.newest = securecookie.DecodeMulti(k.name, sealed, &values, k.newest...) == nil
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept == nil || len(k.kept) >= cookiesKept || time.Since(k.since) >= cookiesKeptFor {
		k.kept, k.since = map[string]openedCookie{}, time.Now()
	}
	k.kept[sealed] = o
	return o
}

func (s *cookieStore) Get(r *http.Request, name string) (*gorilla.Session, error) {
	return s.now.Load().Get(r, name)
}

func (s *cookieStore) New(r *http.Request, name string) (*gorilla.Session, error) {
	return s.now.Load().New(r, name)
}

func (s *cookieStore) Save(r *http.Request, w http.ResponseWriter, session *gorilla.Session) error {
	return s.now.Load().Save(r, w, session)
}

func (s *cookieStore) Options(o sessions.Options) {
	s.now.Load().Options = o.ToGorillaOptions()
}

// idOnly writes the session ID alone: the library's own way spells out Go types
// in each cookie, and costs more than sealing it.
type idOnly struct{}

func (idOnly) Serialize(values any) ([]byte, error) {
	id, _ := values.(map[any]any)[sessionIDKey].(string)
	return []byte(id), nil
}

func (idOnly) Deserialize(plain []byte, values any) error {
	*values.(*map[any]any) = map[any]any{sessionIDKey: string(plain)}
	return nil
}

// newCodecs returns what seals cookies, the first first.
func newCodecs(pairs [][]byte) []securecookie.Codec {
	codecs := securecookie.CodecsFromPairs(pairs...)
	for _, codec := range codecs {
		codec.(*securecookie.SecureCookie).SetSerializer(idOnly{})
	}
	return codecs
}

// SetSessionKeys seals cookies with the first of these keys from now on, and
// opens them with all.
func (h *Handlers) SetSessionKeys(keys [][]byte) error {
	pairs, err := cookieKeyPairs(keys)
	if err != nil {
		return err
	}
	codecs, options := newCodecs(pairs), h.cookieOptions()
	h.cookies.now.Store(&cookieKeys{
		CookieStore: &gorilla.CookieStore{Codecs: codecs, Options: options.ToGorillaOptions()},
		name:        h.cookieName(sessionCookie), newest: codecs[:1],
	})
	return nil
}

// moveToNewestKey seals the session cookie anew when an older key has sealed
// it, so that the older key may leave the ring some day.
func (h *Handlers) moveToNewestKey(c *gin.Context, o openedCookie) {
	if o.newest {
		return
	}
	if err := h.setSessionID(c, o.id); err != nil {
		h.log(c, "move cookie to the newest key", err)
	}
}

// cookieKeyPairs derives, from each session key, the pair that signs and encrypts
// the cookie: the same key must not serve two purposes.
func cookieKeyPairs(keys [][]byte) ([][]byte, error) {
	var pairs [][]byte
	for _, key := range keys {
		for _, use := range []string{"vitrine cookie hash", "vitrine cookie block"} {
			derived, err := hkdf.Key(sha256.New, key, nil, use, 32)
			if err != nil {
				return nil, fmt.Errorf("derive cookie key: %w", err)
			}
			pairs = append(pairs, derived)
		}
	}
	return pairs, nil
}
