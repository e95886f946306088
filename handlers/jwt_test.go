package handlers

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"vitrine/auth"
	"vitrine/demo"
)

func withSigner(t testing.TB, p *portal) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p.handlers.JWT, err = auth.NewJWTSigner(auth.JWTOptions{Key: key, KeyID: "k", Issuer: p.URL})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestJWTIsForThePersonThemselves(t *testing.T) {
	p, b := signedIn(t)
	key := withSigner(t, p)
	a := b.get(t, "/api/jwt", "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "cors")
	if a.StatusCode != http.StatusOK || a.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v %s", a.StatusCode, a.Header, a.body)
	}
	var answer struct{ Body string }
	if err := json.Unmarshal([]byte(a.body), &answer); err != nil {
		t.Fatal(err)
	}
	signed, err := jose.ParseSignedCompact(answer.Body, []jose.SignatureAlgorithm{jose.ES384})
	if err != nil {
		t.Fatal(err)
	}
	payload, err := signed.Verify(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	var claims struct {
		Subject, Email string
		Groups         []string
	}
	raw := map[string]any{}
	if err := json.Unmarshal(payload, &raw); err != nil {
		t.Fatal(err)
	}
	claims.Subject, _ = raw["sub"].(string)
	claims.Email, _ = raw["email"].(string)
	session := b.get(t, "/api/session")
	var me struct {
		User struct{ ID, Subject, Email string }
	}
	if err := json.Unmarshal([]byte(session.body), &me); err != nil {
		t.Fatal(err)
	}
	if claims.Subject != me.User.Subject || claims.Subject == me.User.ID || claims.Email != p.tenant.Analyst().Email {
		t.Errorf("signed for %+v, the tenant knows %+v", claims, me.User)
	}
	if groups, _ := raw["groups"].([]any); len(groups) != 2 {
		t.Errorf("groups %v, want those of the tenant", raw["groups"])
	}
}

func TestJWTGoesToOurOwnScriptsOnly(t *testing.T) {
	p, b := signedIn(t)
	withSigner(t, p)
	for name, header := range map[string][]string{
		"another site":   {"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors"},
		"a sibling":      {"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "cors"},
		"an address bar": {"Sec-Fetch-Site", "none", "Sec-Fetch-Mode", "navigate"},
		"a foreign page": {"Origin", "https://evil.example"},
		"a link of ours": {"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "navigate"},
	} {
		if a := b.get(t, "/api/jwt", header...); a.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	if a := b.get(t, "/api/jwt"); a.StatusCode != http.StatusOK || a.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("a client that is no browser: %d %v", a.StatusCode, a.Header)
	}
	if a := p.newBrowser(t).get(t, "/api/jwt", "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "cors"); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("signed out: %d", a.StatusCode)
	}
	p.tenant.Inject(demo.Fault{Path: "/api/v1/users", Kind: demo.FaultStatus, Status: http.StatusServiceUnavailable})
	if a := b.get(t, "/api/jwt", "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "cors"); a.StatusCode != http.StatusBadGateway {
		t.Errorf("without the tenant's word on who it is: %d %s", a.StatusCode, a.body)
	}
}

func TestJWTThatIsNotSetUpIsSaid(t *testing.T) {
	_, b := signedIn(t)
	a := b.get(t, "/api/jwt", "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "cors")
	var answer struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal([]byte(a.body), &answer); err != nil || a.StatusCode != http.StatusNotFound || answer.Error.Code != "jwt_not_configured" {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}
