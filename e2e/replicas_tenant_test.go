package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vitrine/demo"
	"vitrine/demo/demotest"
)

type replicaTenantOptions struct {
	lifetime    time.Duration // of access tokens, default 6 h
	deadSockets bool          // the tenant leaves the sockets of dead tokens open
	// tokenSize pads both tokens of a pair to this many bytes together.
	tokenSize int
}

// replicaTenant is the demo tenant in the test's own process, with a slow token
// endpoint, and it remembers every secret that it gave away.
type replicaTenant struct {
	*demotest.Server
	options  replicaTenantOptions
	delay    atomic.Int64 // of the token endpoint, in nanoseconds
	random   atomic.Bool  // up to delay instead of delay
	arrived  atomic.Int64 // token requests that reached the endpoint
	answered atomic.Int64 // those that the tenant began to work on
	hold     atomic.Int64 // how long it keeps an answer that is made, in nanoseconds
	ledger   ledger

	mu   sync.Mutex
	kept []string
}

func startReplicaTenant(t *testing.T, publicURL string, options replicaTenantOptions) *replicaTenant {
	t.Helper()
	front := httptest.NewUnstartedServer(nil)
	settings := demo.DefaultSettings() // with strict rotation
	settings.Tier1PerMinute, settings.Tier2PerMinute = -1, -1
	settings.KeepDeadSockets = options.deadSockets
	if options.lifetime > 0 {
		settings.AccessTokenLifetime = options.lifetime
	}
	o := demo.Options{
		URL: "http://" + front.Listener.Addr().String(), ClientID: demo.DefaultClientID, ClientSecret: demo.DefaultClientSecret,
		RedirectURIs: []string{publicURL + "/login/callback"}, Settings: settings,
	}
	tenant, err := demo.New(o)
	if err != nil {
		t.Fatal(err)
	}
	r := &replicaTenant{options: options, Server: &demotest.Server{
		Tenant: tenant, Server: front, URL: o.URL, ClientID: o.ClientID, ClientSecret: o.ClientSecret, RedirectURIs: o.RedirectURIs,
	}}
	front.Config.Handler = http.HandlerFunc(r.serve)
	front.Start()
	t.Cleanup(func() { front.CloseClientConnections(); r.Close() })
	r.keepSecret(o.ClientSecret)
	return r
}

// slow makes the token endpoint wait before it does anything: up to d when
// random, else exactly d.
func (r *replicaTenant) slow(d time.Duration, random bool) {
	r.random.Store(random)
	r.delay.Store(int64(d))
}

func (r *replicaTenant) keepSecret(secret string) {
	if len(secret) < 8 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept = append(r.kept, secret)
}

func (r *replicaTenant) secrets() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.kept...)
}

func (r *replicaTenant) serve(w http.ResponseWriter, req *http.Request) {
	if bearer := req.Header.Get("Authorization"); bearer != "" {
		req.Header.Set("Authorization", unpadded(bearer))
	}
	if req.Method != http.MethodPost || !strings.HasPrefix(req.URL.Path, "/oauth/") {
		r.ServeHTTP(w, req)
		return
	}
	// The body first: only then does the server notice a client that has gone.
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return
	}
	req.Body = io.NopCloser(strings.NewReader(unpaddedForm(string(body))))
	req.ContentLength = -1
	if req.URL.Path != "/oauth/token" {
		r.ServeHTTP(w, req)
		return
	}
	r.arrived.Add(1)
	r.wait(req, time.Duration(r.delay.Load()), r.random.Load())
	if req.Context().Err() != nil {
		return // the client died first, so nothing is spent
	}
	r.answered.Add(1)
	r.answerTokens(w, req, string(body))
}

// wait lasts d, or anything up to it, and no longer than the client waits.
func (r *replicaTenant) wait(req *http.Request, d time.Duration, random bool) {
	if d > 0 && random {
		d = rand.N(d)
	}
	select {
	case <-req.Context().Done():
	case <-time.After(d):
	}
}

// answerTokens lets the tenant answer, and takes note of what it gives away.
func (r *replicaTenant) answerTokens(w http.ResponseWriter, req *http.Request, form string) {
	recorder := httptest.NewRecorder()
	r.ServeHTTP(recorder, req)
	r.ledger.note(form, recorder.Code == http.StatusOK)
	r.wait(req, time.Duration(r.hold.Load()), false)
	body := recorder.Body.Bytes()
	var answer map[string]any
	if recorder.Code == http.StatusOK && json.Unmarshal(body, &answer) == nil {
		if r.options.tokenSize > 0 {
			r.pad(answer)
			body, _ = json.Marshal(answer)
		}
		for _, name := range []string{"access_token", "refresh_token"} {
			secret, _ := answer[name].(string)
			r.keepSecret(secret)
		}
	}
	for name, values := range recorder.Header() {
		if name != "Content-Length" {
			w.Header()[name] = values
		}
	}
	w.WriteHeader(recorder.Code)
	_, _ = io.Copy(w, bytes.NewReader(body))
}

// pad makes the pair as long as a real tenant's, with bytes that do not
// compress; unpadded takes them off again.
func (r *replicaTenant) pad(answer map[string]any) {
	access, _ := answer["access_token"].(string)
	refresh, _ := answer["refresh_token"].(string)
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	padding := []byte("~")
	for len(access)+len(refresh)+len(padding) < r.options.tokenSize {
		padding = append(padding, letters[rand.IntN(len(letters))])
	}
	answer["access_token"] = access + string(padding)
}

func unpadded(token string) string {
	token, _, _ = strings.Cut(token, "~")
	return token
}

func unpaddedForm(body string) string {
	form, err := url.ParseQuery(body)
	if err != nil || form.Get("token") == "" {
		return body
	}
	form.Set("token", unpadded(form.Get("token")))
	return form.Encode()
}
