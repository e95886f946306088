package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/sync/singleflight"
)

// metadataTTL is how long provider metadata is used before it is asked for
// again. When that fails, the old metadata goes on serving.
const metadataTTL = time.Hour

// metadata is what we use of the tenant's provider metadata (RFC 8414 section
// 2, OpenID Connect Discovery section 3).
type metadata struct {
	Issuer                string   `json:"issuer"`
	AuthorizationEndpoint string   `json:"authorization_endpoint"`
	TokenEndpoint         string   `json:"token_endpoint"`
	RevocationEndpoint    string   `json:"revocation_endpoint"`
	JWKSURI               string   `json:"jwks_uri"`
	EndSessionEndpoint    string   `json:"end_session_endpoint"` // usually absent
	SigningAlgs           []string `json:"id_token_signing_alg_values_supported"`
	// IssuerPromised is RFC 9207's promise to send iss with every response.
	IssuerPromised bool `json:"authorization_response_iss_parameter_supported"`
}

// provider finds out, when first asked, where the tenant's endpoints are.
type provider struct {
	tenantURL string
	http      *http.Client
	now       func() time.Time

	asking singleflight.Group

	mu    sync.Mutex
	known metadata
	until time.Time
	keys  *oidc.RemoteKeySet // for ID tokens, which come from the tenant itself
	// logoutKeys are the same keys for logout tokens, which anybody can send.
	logoutKeys *oidc.RemoteKeySet
}

func newProvider(tenantURL string, hc *http.Client, now func() time.Time) *provider {
	return &provider{tenantURL: strings.TrimSuffix(tenantURL, "/"), http: hc, now: now}
}

// metadata returns the tenant's metadata, from memory when it is fresh. Callers
// that come while it is being asked for wait for that one answer.
func (p *provider) metadata(ctx context.Context) (metadata, error) {
	p.mu.Lock()
	known, fresh := p.known, p.now().Before(p.until)
	p.mu.Unlock()
	if fresh {
		return known, nil
	}
	answer, err, _ := p.asking.Do("", func() (any, error) {
		// Not the browser's context: others wait for this answer too.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		return p.renew(ctx)
	})
	if err != nil {
		return metadata{}, err
	}
	return answer.(metadata), nil
}

// renew asks the tenant and remembers the answer. Where there is an older one,
// a tenant that is away for the moment changes nothing.
func (p *provider) renew(ctx context.Context) (metadata, error) {
	meta, err := p.discover(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		if p.known.Issuer == "" {
			return metadata{}, err
		}
		p.until = p.now().Add(time.Minute)
		return p.known, nil
	}
	if p.keys == nil || meta.JWKSURI != p.known.JWKSURI {
		p.keys = oidc.NewRemoteKeySet(oidc.ClientContext(context.Background(), p.http), meta.JWKSURI)
		rare := *p.http
		rare.Transport = &rareTransport{next: p.http.Transport, now: p.now}
		p.logoutKeys = oidc.NewRemoteKeySet(oidc.ClientContext(context.Background(), &rare), meta.JWKSURI)
	}
	p.known, p.until = meta, p.now().Add(metadataTTL)
	return meta, nil
}

// keySet returns the tenant's signing keys for ID tokens. They are fetched anew
// when a token names one that is not among them.
func (p *provider) keySet() *oidc.RemoteKeySet {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.keys
}

// logoutKeySet is keySet for logout tokens: strangers can send those with any
// key ID, so the keys are fetched at most once in keysFloor.
func (p *provider) logoutKeySet() *oidc.RemoteKeySet {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.logoutKeys
}

// keysFloor is the least time between two requests for the keys of logout tokens.
const keysFloor = 10 * time.Second

var errKeysFloor = errors.New("signing keys were fetched a moment ago")

// rareTransport sends at most one request in keysFloor.
type rareTransport struct {
	next http.RoundTripper
	now  func() time.Time

	mu   sync.Mutex
	last time.Time
}

// RoundTrip implements http.RoundTripper.
func (t *rareTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	t.mu.Lock()
	now := t.now()
	early := now.Before(t.last.Add(keysFloor))
	if !early {
		t.last = now
	}
	t.mu.Unlock()
	if early {
		return nil, errKeysFloor
	}
	return t.next.RoundTrip(r)
}

// discover asks the documented place, then the one OpenID providers use, and
// else takes the paths every tenant has.
func (p *provider) discover(ctx context.Context) (metadata, error) {
	for _, path := range []string{"/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"} {
		meta, found, err := p.fetch(ctx, p.tenantURL+path)
		if err != nil {
			return metadata{}, fmt.Errorf("%w: provider metadata: %w", ErrTenant, err)
		}
		if found {
			return meta, nil
		}
	}
	return p.conventional(), nil
}

func (p *provider) conventional() metadata {
	return metadata{
		Issuer:                p.tenantURL,
		AuthorizationEndpoint: p.tenantURL + "/oauth/authorize",
		TokenEndpoint:         p.tenantURL + "/oauth/token",
		RevocationEndpoint:    p.tenantURL + "/oauth/revoke",
		JWKSURI:               p.tenantURL + "/.well-known/jwks.json",
	}
}

// fetch reads one metadata document. found is false when the tenant says that
// it has none there, be it by 404 or by a page of its own.
func (p *provider) fetch(ctx context.Context, address string) (meta metadata, found bool, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return meta, false, err
	}
	r.Header.Set("Accept", "application/json")
	resp, err := p.http.Do(r)
	if err != nil {
		return meta, false, err
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests:
		return meta, false, fmt.Errorf("status %d", resp.StatusCode)
	case resp.StatusCode != http.StatusOK:
		return meta, false, nil
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return meta, false, err
	}
	if err := json.Unmarshal(body, &meta); err != nil {
		return meta, false, errors.New("document is not JSON")
	}
	return meta, true, p.check(&meta)
}

// check refuses a document that speaks for somebody else (RFC 8414 section
// 3.3), and fills the gaps of one that leaves out what every tenant has.
func (p *provider) check(meta *metadata) error {
	if strings.TrimSuffix(meta.Issuer, "/") != p.tenantURL {
		return fmt.Errorf("issuer %q is not the tenant", meta.Issuer)
	}
	usual := p.conventional()
	for _, e := range []struct {
		value *string
		usual string
	}{
		{&meta.AuthorizationEndpoint, usual.AuthorizationEndpoint},
		{&meta.TokenEndpoint, usual.TokenEndpoint},
		{&meta.RevocationEndpoint, usual.RevocationEndpoint},
		{&meta.JWKSURI, usual.JWKSURI},
		{&meta.EndSessionEndpoint, ""},
	} {
		if *e.value == "" {
			*e.value = e.usual
		}
		if *e.value == "" {
			continue // one that is not offered
		}
		u, err := url.Parse(*e.value)
		if err != nil || u.Host == "" || (u.Scheme != "https" && !strings.HasPrefix(p.tenantURL, "http://")) {
			return fmt.Errorf("endpoint %q is not an https URL", *e.value)
		}
	}
	return nil
}
