package demo_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"vitrine/demo"
	"vitrine/demo/demotest"
)

const verifier = "a-code-verifier-that-is-long-enough-for-rfc-7636"

// clock is a time that tests move by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func withClock(c *clock) func(*demo.Options) {
	return func(o *demo.Options) { o.Now = c.now }
}

// authorizeURL is a good request with the given parameters changed; an empty
// value removes one.
func authorizeURL(s *demotest.Server, changes map[string]string) string {
	challenge := sha256.Sum256([]byte(verifier))
	q := url.Values{
		"response_type": {"code"}, "client_id": {s.ClientID}, "redirect_uri": {s.RedirectURIs[0]},
		"scope": {"user_default offline_access"}, "state": {"the-state"},
		"code_challenge_method": {"S256"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])},
	}
	applyTo(q, changes)
	return s.URL + "/oauth/authorize?" + q.Encode()
}

func applyTo(q url.Values, changes map[string]string) {
	for name, value := range changes {
		q.Set(name, value)
		if value == "" {
			q.Del(name)
		}
	}
}

// codeOf signs the viewer in and returns a fresh code.
func codeOf(t *testing.T, s *demotest.Server) string {
	t.Helper()
	callback := queryOf(t, s.Authorize(t, authorizeURL(s, nil), s.Viewer()))
	if callback.Get("code") == "" {
		t.Fatalf("no code in %v", callback)
	}
	return callback.Get("code")
}

func queryOf(t *testing.T, raw string) url.Values {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

// answer is a decoded response.
type answer struct {
	status int
	header http.Header
	body   map[string]any
	raw    string
}

// errorCode is the code of the first of Qlik's errors.
func (a answer) errorCode() string {
	list, _ := a.body["errors"].([]any)
	if len(list) == 0 {
		return ""
	}
	first, _ := list[0].(map[string]any)
	code, _ := first["code"].(string)
	return code
}

func (a answer) text(name string) string {
	s, _ := a.body[name].(string)
	return s
}

func do(t *testing.T, req *http.Request) answer {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{status: resp.StatusCode, header: resp.Header, raw: string(raw)}
	if strings.Contains(resp.Header.Get("Content-Type"), "json") {
		_ = json.Unmarshal(raw, &a.body)
	}
	return a
}

func request(t *testing.T, method, target, body string, header map[string]string) *http.Request {
	t.Helper()
	req, err := http.NewRequest(method, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	return req
}

// call asks the REST API with a bearer token.
func call(t *testing.T, s *demotest.Server, token, method, path, body string) answer {
	t.Helper()
	header := map[string]string{"Authorization": "Bearer " + token}
	if body != "" {
		header["Content-Type"] = "application/json"
	}
	target := path
	if strings.HasPrefix(path, "/") {
		target = s.URL + path
	}
	return do(t, request(t, method, target, body, header))
}

// tokenForm is a good code exchange.
func tokenForm(s *demotest.Server, code string) map[string]string {
	return map[string]string{
		"grant_type": "authorization_code", "code": code, "redirect_uri": s.RedirectURIs[0],
		"client_id": s.ClientID, "client_secret": s.ClientSecret, "code_verifier": verifier,
	}
}

func refreshForm(s *demotest.Server, token string) map[string]string {
	return map[string]string{"grant_type": "refresh_token", "refresh_token": token, "client_secret": s.ClientSecret}
}

// post sends a form to an OAuth endpoint, with some fields changed.
func post(t *testing.T, s *demotest.Server, path string, form, changes map[string]string) answer {
	t.Helper()
	all := url.Values{}
	applyTo(all, form)
	applyTo(all, maps.Clone(changes))
	return do(t, request(t, "POST", s.URL+path, all.Encode(), map[string]string{"Content-Type": "application/x-www-form-urlencoded"}))
}
