package auth_test

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vitrine/auth"
	"vitrine/demo"
)

// gateway stands between us and the tenant, and answers token requests itself
// while it has something to say.
type gateway struct {
	answer atomic.Pointer[http.Response]
	asked  atomic.Int32
	body   string // default: an HTML page
}

func (g *gateway) RoundTrip(r *http.Request) (*http.Response, error) {
	said := g.answer.Load()
	if said == nil || !strings.HasSuffix(r.URL.Path, "/oauth/token") {
		if r.URL.Path == "/elsewhere" {
			g.asked.Add(1)
		}
		return http.DefaultTransport.RoundTrip(r)
	}
	resp := *said
	resp.Request, resp.Body = r, io.NopCloser(bytes.NewReader([]byte(cmp.Or(g.body, "<h1>Bad gateway</h1>"))))
	return &resp, nil
}

func (g *gateway) says(status int, header http.Header) {
	g.answer.Store(&http.Response{StatusCode: status, Status: http.StatusText(status), Header: header, ProtoMajor: 1, ProtoMinor: 1})
}

func TestGatewaysNoIsNotTheTenants(t *testing.T) {
	g := &gateway{}
	w := newWorld(t, func(s *demo.Settings) { s.AccessTokenLifetime = time.Minute }, func(o *auth.Options) { o.HTTP = &http.Client{Transport: g} })
	s := w.signIn(t)
	w.clock.Add(time.Hour)
	for _, status := range []int{400, 401, 403, 404, 502} {
		g.says(status, http.Header{"Content-Type": {"text/html"}})
		if _, err := w.Session(t.Context(), s.ID); !errors.Is(err, auth.ErrTenant) || errors.Is(err, auth.ErrNoSession) {
			t.Errorf("%d without an error body: %v, want ErrTenant", status, err)
		}
	}
	g.answer.Store(nil)
	if _, err := w.Session(t.Context(), s.ID); err != nil {
		t.Errorf("after the gateway recovered: %v", err)
	}
}

func TestTokenRequestFollowsNoRedirect(t *testing.T) {
	g := &gateway{}
	w := newWorld(t, nil, func(o *auth.Options) { o.HTTP = &http.Client{Transport: g} })
	resp := w.authorize(t, browser, "/")
	g.says(http.StatusTemporaryRedirect, http.Header{"Location": {"/elsewhere"}})
	if _, _, err := w.Complete(t.Context(), browser, resp); !errors.Is(err, auth.ErrTenant) {
		t.Errorf("error %v, want ErrTenant", err)
	}
	if g.asked.Load() != 0 {
		t.Error("code and secret went where the redirect points")
	}
}

func TestRetryAfterReachesTheCaller(t *testing.T) {
	w := newWorld(t, func(s *demo.Settings) { s.AccessTokenLifetime = time.Minute })
	s := w.signIn(t)
	w.clock.Add(time.Hour)
	w.tenant.Inject(demo.Fault{Path: "/oauth/token", Kind: demo.FaultStatus, Status: 429, RetryAfter: 13})
	_, err := w.Session(t.Context(), s.ID)
	var wait *auth.RetryError
	if !errors.As(err, &wait) || wait.After != 13*time.Second {
		t.Errorf("error %v, want one that says 13s", err)
	}
}

// endSessionMetadata adds an end-session endpoint to the tenant's metadata.
type endSessionMetadata struct{ endpoint string }

func (m endSessionMetadata) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || !strings.HasSuffix(r.URL.Path, "/oauth-authorization-server") {
		return resp, err
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	body = bytes.Replace(body, []byte("{"), []byte(`{"end_session_endpoint":"`+m.endpoint+`",`), 1)
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, err
}

func TestTenantLogoutIsWhatTheTenantOffers(t *testing.T) {
	w := newWorld(t, nil)
	if got, want := w.TenantLogout(t.Context(), "https://portal.example.com/"), w.tenant.URL+"/logout"; got != want {
		t.Errorf("without the endpoint: %s, want %s", got, want)
	}
	w = newWorld(t, nil, func(o *auth.Options) {
		o.HTTP = &http.Client{Transport: endSessionMetadata{"https://acme.example/oauth/end?x=1"}}
	})
	got := w.TenantLogout(t.Context(), "https://portal.example.com/?signed_out=1")
	want := "https://acme.example/oauth/end?x=1&client_id=" + clientID + "&post_logout_redirect_uri=https%3A%2F%2Fportal.example.com%2F%3Fsigned_out%3D1"
	if got != want {
		t.Errorf("with it: %s, want %s", got, want)
	}
	w = newWorld(t, nil, func(o *auth.Options) {
		o.HTTP = &http.Client{Transport: endSessionMetadata{"javascript:alert(1)"}}
	})
	if got := w.TenantLogout(t.Context(), "/"); got != w.tenant.URL+"/logout" {
		t.Errorf("an endpoint that is no URL is offered: %s", got)
	}
}
