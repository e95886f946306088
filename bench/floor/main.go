// Command floor is the least that does the relay's work: one process that reads
// a session cookie, gets the session from Redis, opens it, and hands the
// request to the standard library's reverse proxy with the bearer token set.
// It is what the portal's costs are measured against, and no product: it checks
// no origin, ends no session, rewrites nothing, and limits nobody.
//
// It reads the same variables as the portal does.
package main

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"
)

// floor is everything there is.
type floor struct {
	redis   *redis.Client
	seal    cipher.AEAD // made once: one key for all
	oauth   *oauth2.Config
	client  *http.Client // towards the tenant's token endpoint and REST API
	tenant  *url.URL
	reverse *httputil.ReverseProxy
	refresh singleflight.Group
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
}

func run() error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // as the portal does: the code is compared, not this number
	}
	f, err := newFloor()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", os.Getenv("LISTEN_ADDR"))
	if err != nil {
		return err
	}
	server := &http.Server{Handler: f, ReadHeaderTimeout: 10 * time.Second}
	return server.Serve(listener)
}

func newFloor() (*floor, error) {
	tenant, err := url.Parse(os.Getenv("QLIK_TENANT_URL"))
	if err != nil {
		return nil, err
	}
	options, err := redis.ParseURL(os.Getenv("REDIS_URL"))
	if err != nil {
		return nil, err
	}
	options.PoolSize = 256
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 1024, DisableCompression: true}
	f := &floor{
		redis: redis.NewClient(options), seal: seal, tenant: tenant,
		client: &http.Client{Transport: transport, Timeout: 15 * time.Second},
		oauth: &oauth2.Config{
			ClientID: os.Getenv("QLIK_CLIENT_ID"), ClientSecret: os.Getenv("QLIK_CLIENT_SECRET"),
			RedirectURL: os.Getenv("PUBLIC_URL") + "/login/callback", Scopes: []string{"user_default", "offline_access"},
			Endpoint: oauth2.Endpoint{
				AuthURL: tenant.String() + "/oauth/authorize", TokenURL: tenant.String() + "/oauth/token",
				AuthStyle: oauth2.AuthStyleInParams,
			},
		},
	}
	f.reverse = &httputil.ReverseProxy{
		Rewrite:    func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.URL.Host = tenant.Scheme, tenant.Host },
		Transport:  transport,
		BufferPool: &buffers{sync.Pool{New: func() any { b := make([]byte, 32<<10); return &b }}},
	}
	return f, nil
}

type buffers struct{ pool sync.Pool }

func (b *buffers) Get() []byte    { return *b.pool.Get().(*[]byte) }
func (b *buffers) Put(buf []byte) { b.pool.Put(&buf) }

func (f *floor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case strings.HasPrefix(path, "/qlik/"):
		f.relay(w, r)
	case path == "/api/session":
		f.session(w, r)
	case path == "/login":
		f.answer(w, f.login(w, r))
	case path == "/login/callback":
		f.answer(w, f.callback(w, r))
	case path == "/readyz":
		f.answer(w, f.redis.Ping(r.Context()).Err())
	default:
		http.NotFound(w, r)
	}
}

func (f *floor) answer(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
	}
}

var errNoSession = errors.New("no session")

// load returns the session of a request, with a token that is good to use.
func (f *floor) load(r *http.Request) (record, error) {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return record{}, errNoSession
	}
	s, err := f.read(r.Context(), cookie.Value)
	if err != nil || time.Now().Before(s.expiry) {
		return s, err
	}
	fresh, err, _ := f.refresh.Do(cookie.Value, func() (any, error) {
		return f.renew(context.WithoutCancel(r.Context()), cookie.Value)
	})
	if err != nil {
		return record{}, err
	}
	return fresh.(record), nil
}

// relay is the way through.
func (f *floor) relay(w http.ResponseWriter, r *http.Request) {
	s, err := f.load(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	r.URL.Path, r.URL.RawPath = strings.TrimPrefix(r.URL.Path, "/qlik"), strings.TrimPrefix(r.URL.RawPath, "/qlik")
	r.Host = f.tenant.Host
	r.Header.Del("Cookie")
	r.Header.Del("Origin")
	r.Header.Set("Authorization", "Bearer "+s.accessToken)
	f.reverse.ServeHTTP(w, r)
}

// session tells who is signed in.
func (f *floor) session(w http.ResponseWriter, r *http.Request) {
	s, err := f.load(r)
	if err != nil {
		http.Error(w, `{"authenticated":false}`, http.StatusUnauthorized)
		return
	}
	var body bytes.Buffer
	body.WriteString(`{"authenticated":true,"user":`)
	body.Write(s.user)
	body.WriteString(`,"expires_at":"`)
	body.Write(s.expiry.UTC().AppendFormat(body.AvailableBuffer(), time.RFC3339))
	body.WriteString(`"}`)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body.Bytes())
}
