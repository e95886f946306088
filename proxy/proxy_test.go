package proxy

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vitrine/auth"
	"vitrine/proxy/tenantpath"
)

const publicURL = "https://portal.example.com"

// startTenant is how a tenant is reached; see byHTTP2.
var startTenant = func(t *testing.T, tenant http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(tenant)
	t.Cleanup(s.Close)
	return s
}

// newRelay stands a proxy before a tenant, for a person with a session.
func newRelay(t *testing.T, tenant http.HandlerFunc, change ...func(*Options)) (base string, p *Proxy) {
	t.Helper()
	upstream := startTenant(t, tenant)
	o := Options{TenantURL: upstream.URL, PublicURL: publicURL}
	for _, c := range change {
		c(&o)
	}
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if upstream.Certificate() != nil {
		transportOf(p).TLSClientConfig.RootCAs = upstream.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	}
	signedIn := auth.Session{ID: "session-1", Tokens: auth.TokenSet{AccessToken: "token-1"}}
	front := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Test-Signed-Out") == "" {
			s := signedIn
			if id := r.Header.Get("Test-Session"); id != "" {
				s.ID, s.User.ID = id, "user of "+id
				r.Header.Del("Test-Session") // or it would tell persons apart by itself
			}
			r = r.WithContext(auth.NewContext(r.Context(), s))
		}
		w.Header().Set("X-Request-Id", "id-1")
		p.ServeHTTP(w, r)
	}))
	front.Config.ConnContext = WithConn // as in the program
	front.Start()
	t.Cleanup(front.Close)
	return front.URL, p
}

// transportOf is what connects to the tenant, before it is used.
func transportOf(p *Proxy) *http.Transport {
	return p.Transport.(*http.Transport)
}

func do(t *testing.T, r *http.Request) (*http.Response, string) {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func request(t *testing.T, method, url string, header ...string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func TestTenantSeesBearerAndNothingOfOurs(t *testing.T) {
	var seen *http.Request
	base, _ := newRelay(t, func(_ http.ResponseWriter, r *http.Request) { seen = r })
	do(t, request(t, "GET", base+"/qlik/api/v1/items?x=1&accessToken=stolen&%61ccesstoken=too&y=a%20b;c",
		"Cookie", "vitrine=secret", "Origin", publicURL, "Authorization", "Bearer mine", "Qlik-Api-Version", "2026-08", "X-Forwarded-Host", "evil"))
	if got, want := seen.Header.Get("Authorization"), "Bearer token-1"; got != want {
		t.Errorf("Authorization=%q, want %q", got, want)
	}
	for _, name := range []string{"Cookie", "Origin", "X-Forwarded-Host", "X-Forwarded-For"} {
		if value := seen.Header.Get(name); value != "" {
			t.Errorf("%s: %s reached the tenant", name, value)
		}
	}
	if got, want := seen.URL.RawQuery, "x=1&y=a%20b;c"; got != want {
		t.Errorf("query=%q, want %q", got, want)
	}
	if seen.Header.Get("Qlik-Api-Version") != "2026-08" {
		t.Error("a header of the library was lost")
	}
	if strings.Contains(seen.Host, "portal") || seen.Host == "" {
		t.Errorf("Host=%q, want the tenant's", seen.Host)
	}
}

func TestBrowserSeesNothingOfTheTenantsOrigin(t *testing.T) {
	base, _ := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Set-Cookie", "eas.sid=1")
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Strict-Transport-Security", "max-age=1")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Content-Security-Policy", "script-src 'self'; Frame-Ancestors https://a.example; img-src *")
		h.Set("Link", "<http://"+r.Host+"/api/v1/items?next=2>; rel=\"next\"")
		h.Set("Qlik-Csrf-Token", "keep")
		h.Set("X-Request-Id", "the tenant's")
	})
	resp, _ := do(t, request(t, "GET", base+"/qlik/single/"))
	for _, name := range []string{"Set-Cookie", "Access-Control-Allow-Origin", "Strict-Transport-Security", "X-Frame-Options"} {
		if value := resp.Header.Get(name); value != "" {
			t.Errorf("%s: %s reached the browser", name, value)
		}
	}
	if got, want := resp.Header.Get("Content-Security-Policy"), "script-src 'self'; img-src *; frame-ancestors 'self'"; got != want {
		t.Errorf("policy %q, want %q", got, want)
	}
	if got, want := resp.Header.Get("Link"), "<"+publicURL+"/qlik/api/v1/items?next=2>; rel=\"next\""; got != want {
		t.Errorf("Link=%q, want %q", got, want)
	}
	if got := resp.Header["X-Request-Id"]; len(got) != 1 || got[0] != "id-1" {
		t.Errorf("X-Request-Id=%q, want ours, which is in our log", got)
	}
	if resp.Header.Get("Qlik-Csrf-Token") != "keep" {
		t.Error("qlik-csrf-token was lost")
	}
}

func TestWithoutSession(t *testing.T) {
	base, _ := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Error("a bearer without a session")
		}
		w.WriteHeader(http.StatusFound) // what a real tenant may do
	})
	resp, body := do(t, request(t, "GET", base+"/qlik/api/v1/users/me", "Test-Signed-Out", "1"))
	if resp.StatusCode != 401 || !strings.Contains(body, `"code":"HTTP-401"`) || !strings.Contains(body, `"traceId":"`) {
		t.Errorf("status %d, body %s; want 401 in Qlik's form", resp.StatusCode, body)
	}
	resp, body = do(t, request(t, "GET", base+"/qlik"+tenantpath.ProductInfo, "Test-Signed-Out", "1"))
	if resp.StatusCode != 200 || !json.Valid([]byte(body)) || !strings.Contains(resp.Header.Get("Content-Type"), "json") {
		t.Errorf("product info: status %d, %s", resp.StatusCode, body)
	}
}

func TestRefusedTokenIsRenewedOnce(t *testing.T) {
	var asked, renewed atomic.Int32
	base, _ := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("Authorization") != "Bearer token-2" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, "fine"+string(body))
	}, func(o *Options) {
		o.Refresh = func(_ context.Context, s auth.Session) (auth.Session, error) {
			renewed.Add(1)
			s.Tokens.AccessToken = "token-2"
			return s, nil
		}
	})
	if resp, body := do(t, request(t, "GET", base+"/qlik/x")); resp.StatusCode != 200 || body != "fine" {
		t.Errorf("status %d, body %q", resp.StatusCode, body)
	}
	if asked.Load() != 2 || renewed.Load() != 1 {
		t.Errorf("asked %d times, renewed %d times; want 2 and 1", asked.Load(), renewed.Load())
	}
	// A body is sent once more if it is small enough to be kept; if not, the next
	// request has a good token all the same.
	renewed.Store(0)
	for size, want := range map[int]string{1: "200 1", keptMost: fmt.Sprint("200 ", keptMost), keptMost + 1: "401 0"} {
		resp, body := do(t, requestWith(t, base+"/qlik/x", strings.Repeat("x", size)))
		if got := fmt.Sprint(resp.StatusCode, " ", strings.Count(body, "x")); got != want {
			t.Errorf("%d bytes: %s, want %s", size, got, want)
		}
	}
	if n := renewed.Load(); n != 3 {
		t.Errorf("renewed %d times for three bodies", n)
	}
}

// requestWith brings a body.
func requestWith(t *testing.T, url, body string) *http.Request {
	t.Helper()
	r := request(t, "POST", url)
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	return r
}

func TestTenantAwayIsQliksForm(t *testing.T) {
	base, _ := newRelay(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	resp, body := do(t, request(t, "GET", base+"/qlik/x"))
	if resp.StatusCode != 502 || !strings.Contains(body, `"status":"502"`) {
		t.Errorf("status %d, body %s", resp.StatusCode, body)
	}
}

func TestAnswersStream(t *testing.T) {
	more := make(chan struct{})
	base, _ := newRelay(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "first")
		_ = http.NewResponseController(w).Flush()
		<-more
		_, _ = io.WriteString(w, "last")
	})
	resp, err := http.DefaultClient.Do(request(t, "GET", base+"/qlik/x"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	first := make([]byte, 5)
	if _, err := io.ReadFull(resp.Body, first); err != nil || string(first) != "first" {
		t.Fatalf("first piece %q, %v", first, err)
	}
	close(more)
	if rest, _ := io.ReadAll(resp.Body); string(rest) != "last" {
		t.Errorf("rest %q", rest)
	}
}

func TestLeavingCancelsTheCall(t *testing.T) {
	cancelled := make(chan struct{})
	base, _ := newRelay(t, func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		close(cancelled)
	})
	ctx, cancel := context.WithCancel(t.Context())
	r := request(t, "GET", base+"/qlik/x").WithContext(ctx)
	time.AfterFunc(20*time.Millisecond, cancel)
	if resp, err := http.DefaultClient.Do(r); err == nil {
		resp.Body.Close()
	}
	select {
	case <-cancelled:
	case <-time.After(5 * time.Second):
		t.Error("the tenant goes on working for a browser that has left")
	}
}
