package handlers

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"net/http"
	"sync/atomic"

	"github.com/gin-contrib/sessions"
	"github.com/gin-contrib/sessions/cookie"
	"github.com/gin-gonic/gin"
	"github.com/gorilla/securecookie"
	gorilla "github.com/gorilla/sessions"
)

// cookieStore is the cookie store with the keys of the moment: they may be
// replaced while requests are under way.
type cookieStore struct {
	now atomic.Pointer[cookie.Store]
	// newest opens only what the first key has sealed; nil while there is one.
	newest atomic.Pointer[[]securecookie.Codec]
}

func (s *cookieStore) Get(r *http.Request, name string) (*gorilla.Session, error) {
	return (*s.now.Load()).Get(r, name)
}

func (s *cookieStore) New(r *http.Request, name string) (*gorilla.Session, error) {
	return (*s.now.Load()).New(r, name)
}

func (s *cookieStore) Save(r *http.Request, w http.ResponseWriter, session *gorilla.Session) error {
	return (*s.now.Load()).Save(r, w, session)
}

func (s *cookieStore) Options(o sessions.Options) { (*s.now.Load()).Options(o) }

// SetSessionKeys seals cookies with the first of these keys from now on, and
// opens them with all.
func (h *Handlers) SetSessionKeys(keys [][]byte) error {
	pairs, err := cookieKeys(keys)
	if err != nil {
		return err
	}
	store := cookie.NewStore(pairs...)
	store.Options(h.cookieOptions())
	h.cookies.now.Store(&store)
	var newest *[]securecookie.Codec
	if len(keys) > 1 {
		codecs := securecookie.CodecsFromPairs(pairs[:2]...)
		newest = &codecs
	}
	h.cookies.newest.Store(newest)
	return nil
}

// moveToNewestKey seals the session cookie anew when an older key has sealed
// it, so that the older key may leave the ring some day.
func (h *Handlers) moveToNewestKey(c *gin.Context, id string) {
	newest := h.cookies.newest.Load()
	if newest == nil {
		return
	}
	name := h.cookieName(sessionCookie)
	sealed, err := c.Cookie(name)
	var values map[any]any
	if err != nil || securecookie.DecodeMulti(name, sealed, &values, *newest...) == nil {
		return
	}
	if err := h.setSessionID(c, id); err != nil {
		h.log(c, "move cookie to the newest key", err)
	}
}

// cookieKeys derives, from each session key, the pair that signs and encrypts
// the cookie: the same key must not serve two purposes.
func cookieKeys(keys [][]byte) ([][]byte, error) {
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
