package proxy

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"vitrine/auth"
)

const publicURL = "https://portal.example.com"

// newRelay stands a proxy before a tenant, for a person with a session.
func newRelay(t *testing.T, tenant http.HandlerFunc, change ...func(*Options)) (base string, p *Proxy) {
	t.Helper()
	upstream := httptest.NewServer(tenant)
	t.Cleanup(upstream.Close)
	o := Options{TenantURL: upstream.URL, PublicURL: publicURL}
	for _, c := range change {
		c(&o)
	}
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	signedIn := auth.Session{ID: "session-1", Tokens: auth.TokenSet{AccessToken: "token-1"}}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Test-Signed-Out") == "" {
			r = r.WithContext(auth.NewContext(r.Context(), signedIn))
		}
		p.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	return front.URL, p
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

func TestPathsArriveAsSent(t *testing.T) {
	var seen string
	base, _ := newRelay(t, func(_ http.ResponseWriter, r *http.Request) { seen = r.RequestURI })
	for _, path := range []string{"/api/v1/items/a%2Fb?x=1", "/api//v1///x", "/api/v1/apps/%E2%82%AC/media/a%20b.png", "/app/id;v=1/x", "/a/%2e%2e/b", "/api/v1/" + strings.Repeat("long/", 500)} {
		do(t, request(t, "GET", base+"/qlik"+path))
		if seen != path {
			t.Errorf("path %q arrived as %q", path, seen)
		}
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
	if resp.Header.Get("Qlik-Csrf-Token") != "keep" {
		t.Error("qlik-csrf-token was lost")
	}
}

func TestLocationComesBackUnderThePrefix(t *testing.T) {
	var location string
	base, p := newRelay(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", location)
		w.WriteHeader(http.StatusMovedPermanently)
	})
	for _, tt := range []struct{ from, to string }{
		{"/api/v1/users/u1", "/qlik/api/v1/users/u1"},
		{p.TenantURL + "/api/v1/users/u1?x=1#y", publicURL + "/qlik/api/v1/users/u1?x=1#y"},
		{strings.ToUpper(p.TenantURL[:4]) + p.TenantURL[4:] + "/a", publicURL + "/qlik/a"},
		{"https://elsewhere.example/x", "https://elsewhere.example/x"},
		{"http://127.0.0.1.evil.example/x", "http://127.0.0.1.evil.example/x"},
		{"../x", "../x"},
	} {
		location = tt.from
		resp, _ := do(t, request(t, "GET", base+"/qlik/api/v1/users/me"))
		if got := resp.Header.Get("Location"); got != tt.to {
			t.Errorf("Location %q became %q, want %q", tt.from, got, tt.to)
		}
	}
}

func TestLinksInJSONComeBack(t *testing.T) {
	var tenant string
	base, _ := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
		tenant = "http://" + r.Host
		body := fmt.Sprintf(`{"links":{"next":{"href":"%s/api/v1/items?next=abc"}},"root":"%s","escaped":"%s\/a","other":"%s.evil/x"}`,
			tenant, tenant, strings.ReplaceAll(tenant, "/", `\/`), tenant)
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		if r.Header.Get("Accept-Encoding") == "gzip" {
			w.Header().Set("Content-Encoding", "gzip")
			zip := gzip.NewWriter(w)
			_, _ = io.WriteString(zip, body)
			_ = zip.Close()
			return
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		_, _ = io.WriteString(w, body)
	})
	resp, body := do(t, request(t, "GET", base+"/qlik/api/v1/items", "Accept-Encoding", "br, gzip"))
	var got struct {
		Links                struct{ Next struct{ Href string } }
		Root, Escaped, Other string
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	if want := publicURL + "/qlik/api/v1/items?next=abc"; got.Links.Next.Href != want {
		t.Errorf("next=%q, want %q", got.Links.Next.Href, want)
	}
	if got.Root != publicURL+"/qlik" || got.Escaped != publicURL+"/qlik/a" || got.Other != tenant+".evil/x" {
		t.Errorf("got %+v", got)
	}
	if resp.Header.Get("Cache-Control") != "no-store" {
		t.Error("an answer of the API may be cached")
	}
}

func TestLinksAreFoundAcrossPieces(t *testing.T) {
	_, p := newRelay(t, func(http.ResponseWriter, *http.Request) {})
	in := strings.Repeat(`{"href":"`+p.TenantURL+`/x"}`+p.TenantURL, 50)
	want := strings.Repeat(`{"href":"`+publicURL+`/qlik/x"}`+p.TenantURL, 49) + `{"href":"` + publicURL + `/qlik/x"}` + publicURL + "/qlik"
	out, err := io.ReadAll(p.rewrite.body(io.NopCloser(iotest.OneByteReader(strings.NewReader(in)))))
	if err != nil {
		t.Fatal(err)
	}
	// Followed by "{" the origin is no address: only the last one ends.
	if string(out) != want {
		t.Errorf("rewritten in pieces:\n%.300s\nwant\n%.300s", out, want)
	}
	whole, _ := io.ReadAll(p.rewrite.body(io.NopCloser(strings.NewReader(in))))
	if !bytes.Equal(whole, out) {
		t.Error("in one piece the result differs")
	}
}

func TestRefusedPathsInEverySpelling(t *testing.T) {
	asked := false
	base, _ := newRelay(t, func(http.ResponseWriter, *http.Request) { asked = true })
	for _, path := range []string{
		"/oauth/token", "/OAuth/token", "/oauth", "/%6fauth/token", "/%256fauth/token", "//oauth/token", "/./oauth/token",
		"/x/../oauth/token", "/x/%2e%2e/oauth/token", "/%2Foauth/token", "/oauth;a=b/token", "/oauth%00/token", "/%5coauth/token",
		"/login", "/login/jwt-session", "/Login", "/logout", "/.well-known/jwks.json", "/%2ewell-known/x",
		"/api/v1/api-keys", "/api/v1/api-keys/1", "/api/v1/oauth-tokens", "/api/v1/oauth-clients", "/api//v1/oauth-tokens", "/API/V1/Api-Keys",
		"/api/v1/x/../oauth-tokens", "/api/v1/%6fauth-tokens",
	} {
		r := request(t, "GET", base+"/qlik/placeholder")
		r.URL.Opaque = "//" + strings.TrimPrefix(base, "http://") + "/qlik" + path
		resp, body := do(t, r)
		if resp.StatusCode != http.StatusNotFound || asked || !strings.Contains(body, `"errors"`) {
			t.Errorf("%s: status %d, reached the tenant: %v", path, resp.StatusCode, asked)
		}
		asked = false
	}
	for _, path := range []string{"/api/v1/apps/oauth/x", "/api/v1/users/me", "/resources/login.css"} {
		if Refused(path) {
			t.Errorf("%s is refused", path)
		}
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
	resp, body = do(t, request(t, "GET", base+"/qlik"+ProductInfoPath, "Test-Signed-Out", "1"))
	if resp.StatusCode != 200 || !json.Valid([]byte(body)) || !strings.Contains(resp.Header.Get("Content-Type"), "json") {
		t.Errorf("product info: status %d, %s", resp.StatusCode, body)
	}
}

func TestRefusedTokenIsRenewedOnce(t *testing.T) {
	var asked, renewed atomic.Int32
	base, _ := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.Header.Get("Authorization") != "Bearer token-2" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, "fine")
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
	post, _ := http.NewRequestWithContext(t.Context(), "POST", base+"/qlik/x", strings.NewReader("body"))
	if resp, _ := do(t, post); resp.StatusCode != 401 || renewed.Load() != 1 {
		t.Errorf("a request with a body was repeated: status %d", resp.StatusCode)
	}
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
