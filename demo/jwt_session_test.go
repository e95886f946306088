package demo_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"vitrine/demo"
	"vitrine/demo/demotest"
)

const jwtIssuer = "https://portal.example"

// jwtKeys are made once: an RSA key takes a moment.
var jwtKeys = sync.OnceValue(func() (keys struct {
	rsa *rsa.PrivateKey
	ec  *ecdsa.PrivateKey
}) {
	var errRSA, errEC error
	keys.rsa, errRSA = rsa.GenerateKey(rand.Reader, 2048)
	keys.ec, errEC = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if errRSA != nil || errEC != nil {
		panic("generate keys")
	}
	return keys
})

func certificateOf(t *testing.T, key crypto.Signer) string {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}))
}

// withProviders registers an RSA certificate as "rsa" and an EC one as "ec".
func withProviders(t *testing.T) func(*demo.Options) {
	return func(o *demo.Options) {
		o.RedirectURIs = []string{portal + "/login/callback"}
		o.IdentityProviders = []demo.IdentityProvider{
			{Issuer: jwtIssuer, KeyID: "rsa", PEM: certificateOf(t, jwtKeys().rsa)},
			{Issuer: jwtIssuer, KeyID: "ec", PEM: certificateOf(t, jwtKeys().ec)},
		}
	}
}

// goodClaims are for the viewer; changes replace claims, nil removes one.
func goodClaims(now time.Time, changes map[string]any) map[string]any {
	claims := map[string]any{
		"iss": jwtIssuer, "aud": "qlik.api/login/jwt-session", "sub": "new|1", "subType": "user", "name": "Nora New",
		"email": "nora@brightwater.example", "email_verified": true, "groups": []string{"Sales"}, "jti": rand.Text(),
		"nbf": now.Add(-30 * time.Second).Unix(), "exp": now.Add(30 * time.Second).Unix(),
	}
	for name, value := range changes {
		if claims[name] = value; value == nil {
			delete(claims, name)
		}
	}
	return claims
}

// signedJWT signs with the key that the algorithm asks for.
func signedJWT(t *testing.T, alg, kid string, claims map[string]any) string {
	t.Helper()
	header, _ := json.Marshal(map[string]string{"alg": alg, "kid": kid, "typ": "JWT"})
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	input := encode(header) + "." + encode(payload)
	var signature []byte
	switch alg {
	case "RS256":
		digest := sha256.Sum256([]byte(input))
		signature, err = rsa.SignPKCS1v15(rand.Reader, jwtKeys().rsa, crypto.SHA256, digest[:])
	case "ES384":
		digest := sha512.Sum384([]byte(input))
		var r, s *big.Int
		r, s, err = ecdsa.Sign(rand.Reader, jwtKeys().ec, digest[:])
		signature = make([]byte, 96)
		r.FillBytes(signature[:48])
		s.FillBytes(signature[48:])
	case "HS256": // the public key as the secret, RFC 8725 section 2.1
		mac := hmac.New(sha256.New, []byte(certificateOf(t, jwtKeys().rsa)))
		mac.Write([]byte(input))
		signature = mac.Sum(nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + encode(signature)
}

func exchangeJWT(t *testing.T, s *demotest.Server, token string, changes map[string]string) answer {
	t.Helper()
	header := with(map[string]string{
		"Authorization": "Bearer " + token, "Origin": portal, "qlik-web-integration-id": demo.WebIntegrationID,
	})
	for name, value := range changes {
		if header[name] = value; value == "" {
			delete(header, name)
		}
	}
	return do(t, request(t, "POST", s.URL+"/login/jwt-session", "", header))
}

func detailOf(a answer) string {
	list, _ := a.body["errors"].([]any)
	if len(list) == 0 {
		return ""
	}
	detail, _ := list[0].(map[string]any)["detail"].(string)
	return detail
}

func TestJWTIsCheckedInEveryRespect(t *testing.T) {
	c := newClock()
	s := demotest.New(t, withClock(c), withProviders(t))
	now := c.now()
	type claims = map[string]any
	at := func(d time.Duration) int64 { return now.Add(d).Unix() }
	for name, row := range map[string]struct {
		alg, kid string
		claims   claims
		header   map[string]string
		status   int
		detail   string
	}{
		"RS256":                       {status: 200},
		"ES384":                       {alg: "ES384", kid: "ec", status: 200},
		"audience in a list":          {claims: claims{"aud": []string{"x", "qlik.api/login/jwt-session"}}, status: 200},
		"no groups":                   {claims: claims{"groups": nil}, status: 200},
		"an hour":                     {claims: claims{"nbf": at(0), "exp": at(time.Hour)}, status: 200},
		"over, within the tolerance":  {claims: claims{"exp": at(-4 * time.Second)}, status: 200},
		"from the tenant's own page":  {header: map[string]string{"Origin": s.URL}, status: 200},
		"from a server":               {header: map[string]string{"Origin": ""}, status: 200},
		"no algorithm":                {alg: "none", status: 401, detail: "alg does not fit the key of the identity provider"},
		"public key as shared secret": {alg: "HS256", status: 401, detail: "alg does not fit the key of the identity provider"},
		"algorithm of another key":    {alg: "ES384", kid: "rsa", status: 401, detail: "alg does not fit the key of the identity provider"},
		"signed for another key ID":   {alg: "RS256", kid: "ec", status: 401, detail: "alg does not fit the key of the identity provider"},
		"unknown key ID":              {kid: "other", status: 406},
		"unknown issuer":              {claims: claims{"iss": jwtIssuer + "/"}, status: 406},
		"another audience":            {claims: claims{"aud": "qlik.api"}, status: 401, detail: "aud must be qlik.api/login/jwt-session"},
		"no expiry":                   {claims: claims{"exp": nil}, status: 401, detail: "nbf and exp are required"},
		"no start":                    {claims: claims{"nbf": nil}, status: 401, detail: "nbf and exp are required"},
		"over":                        {claims: claims{"exp": at(-5 * time.Second)}, status: 401, detail: "exp is over"},
		"not yet":                     {claims: claims{"nbf": at(6 * time.Second)}, status: 401, detail: "nbf is not reached"},
		"issued tomorrow":             {claims: claims{"iat": at(time.Minute)}, status: 401, detail: "iat is in the future"},
		"lives too long":              {claims: claims{"exp": at(time.Hour)}, status: 401, detail: "exp must be at most 3600 seconds after nbf"},
		"no subject":                  {claims: claims{"sub": ""}, status: 401, detail: "sub is required"},
		"not a user":                  {claims: claims{"subType": "externalClient"}, status: 401, detail: "subType must be user"},
		"no name":                     {claims: claims{"name": nil}, status: 401, detail: "name is required"},
		"no e-mail address":           {claims: claims{"email": nil}, status: 401, detail: "email is required"},
		"e-mail address not verified": {claims: claims{"email_verified": false}, status: 401, detail: "email_verified must be true"},
		"verified as a text":          {claims: claims{"email_verified": "true"}, status: 401, detail: "a claim is of the wrong type"},
		"no token ID":                 {claims: claims{"jti": nil}, status: 401, detail: "jti is required"},
		"no bearer":                   {header: map[string]string{"Authorization": ""}, status: 406},
		"not a JWT":                   {header: map[string]string{"Authorization": "Bearer x"}, status: 406},
		"no web integration":          {header: map[string]string{"qlik-web-integration-id": ""}, status: 406},
		"unknown web integration":     {header: map[string]string{"qlik-web-integration-id": "x"}, status: 403},
		"foreign origin":              {header: map[string]string{"Origin": "https://evil.example"}, status: 403},
	} {
		t.Run(name, func(t *testing.T) {
			alg, kid := row.alg, row.kid
			if alg == "" {
				alg = "RS256"
			}
			if kid == "" {
				kid = "rsa"
			}
			a := exchangeJWT(t, s, signedJWT(t, alg, kid, goodClaims(now, row.claims)), row.header)
			if a.status != row.status || detailOf(a) != row.detail {
				t.Errorf("got %d %q, want %d %q", a.status, detailOf(a), row.status, row.detail)
			}
			if signedIn := strings.Contains(strings.Join(a.header.Values("Set-Cookie"), ";"), "eas.sid="); signedIn != (row.status == 200) {
				t.Errorf("a session began: %v", signedIn)
			}
			if row.status == 406 && !strings.Contains(a.header.Get("Content-Type"), "html") {
				t.Errorf("406 comes as %s", a.header.Get("Content-Type"))
			}
		})
	}
}

func TestTamperedJWTIsRefused(t *testing.T) {
	s := demotest.New(t, withProviders(t))
	token := signedJWT(t, "RS256", "rsa", goodClaims(time.Now(), nil))
	other := strings.Split(signedJWT(t, "RS256", "rsa", goodClaims(time.Now(), map[string]any{"sub": "admin"})), ".")
	parts := strings.Split(token, ".")
	if a := exchangeJWT(t, s, parts[0]+"."+other[1]+"."+parts[2], nil); a.status != 401 || detailOf(a) != "the signature is wrong" {
		t.Errorf("%d %s", a.status, a.raw)
	}
}

func TestWebIntegrationOfAJWTMayStandInTheQuery(t *testing.T) {
	s := demotest.New(t, withProviders(t))
	header := map[string]string{"Authorization": "Bearer " + signedJWT(t, "RS256", "rsa", goodClaims(time.Now(), nil)), "Origin": portal}
	if a := do(t, request(t, "POST", s.URL+"/login/jwt-session?qlik-web-integration-id="+demo.WebIntegrationID, "", header)); a.status != 200 || a.raw != "{}\n" {
		t.Errorf("%d %s", a.status, a.raw)
	}
}

func TestJWTWorksOnce(t *testing.T) {
	c := newClock()
	s := demotest.New(t, withClock(c), withProviders(t))
	token := signedJWT(t, "RS256", "rsa", goodClaims(c.now(), nil))
	if a := exchangeJWT(t, s, token, nil); a.status != 200 || a.header.Get("Access-Control-Allow-Origin") != portal {
		t.Fatalf("first: %d %s", a.status, a.raw)
	}
	if a := exchangeJWT(t, s, token, nil); a.status != 401 || detailOf(a) != "jti was used before" {
		t.Errorf("second: %d %s", a.status, a.raw)
	}
}

// sessionOf is the header of a session's requests from the portal.
func sessionOf(t *testing.T, s *demotest.Server, a answer) map[string]string {
	t.Helper()
	response := http.Response{Header: a.header}
	var pairs []string
	for _, c := range response.Cookies() {
		pairs = append(pairs, c.Name+"="+c.Value)
	}
	return map[string]string{"Cookie": strings.Join(pairs, "; "), "Origin": portal, "qlik-web-integration-id": demo.WebIntegrationID}
}

func TestJWTSubjectDecidesWhoItIs(t *testing.T) {
	c := newClock()
	s := demotest.New(t, withClock(c), withProviders(t))
	viewer := call(t, s, s.AccessToken(t, s.Viewer()), "GET", "/api/v1/users/"+s.Viewer().ID, "")
	signIn := func(changes map[string]any) answer {
		a := exchangeJWT(t, s, signedJWT(t, "ES384", "ec", goodClaims(c.now(), changes)), nil)
		if a.status != 200 {
			return a
		}
		header := sessionOf(t, s, a)
		me := do(t, request(t, "GET", s.URL+"/api/v1/users/me", "", header))
		if me.status != 301 {
			return me
		}
		return do(t, request(t, "GET", s.URL+me.header.Get("Location"), "", header))
	}
	if a := signIn(map[string]any{"sub": viewer.text("subject")}); a.text("id") != s.Viewer().ID {
		t.Errorf("own subject: %d %s", a.status, a.raw)
	}
	wrong := map[string]any{"sub": s.Viewer().ID, "name": s.Viewer().Name, "email": s.Viewer().Email}
	if a := signIn(wrong); a.status != 403 {
		t.Errorf("a user of a moment ago may read: %d %s", a.status, a.raw)
	}
	c.move(1300 * time.Millisecond)
	a := signIn(wrong)
	if a.status != 200 || a.text("id") == s.Viewer().ID || a.text("email") != s.Viewer().Email {
		t.Errorf("user ID as subject: %d %s", a.status, a.raw)
	}
	if list := all(t, s, administrator(t, s), "/api/v1/users?filter="+`email%20eq%20%22vera@brightwater.example%22`); len(list) != 2 {
		t.Errorf("users with the address: %d", len(list))
	}
	s.Configure(func(set *demo.Settings) { set.RefuseEmailClash = true })
	if a := signIn(map[string]any{"sub": "third", "email": s.Viewer().Email}); a.status != 401 || detailOf(a) != "email belongs to another user" {
		t.Errorf("clash refused: %d %s", a.status, a.raw)
	}
	disabled := call(t, s, administrator(t, s), "GET", "/api/v1/users?filter="+`email%20eq%20%22`+demo.DisabledEmail+`%22`, "")
	former := disabled.body["data"].([]any)[0].(map[string]any)
	if a := signIn(map[string]any{"sub": former["subject"], "email": former["email"]}); a.errorCode() != "AUTH-5" {
		t.Errorf("disabled: %d %s", a.status, a.raw)
	}
}

func TestNewcomersAreWelcomedOnce(t *testing.T) {
	c := newClock()
	s := demotest.New(t, withClock(c), withProviders(t))
	header := sessionOf(t, s, exchangeJWT(t, s, signedJWT(t, "ES384", "ec", goodClaims(c.now(), nil)), nil))
	delete(header, "Origin") // a frame has none
	page := func() answer { return do(t, request(t, "GET", s.URL+"/single/?appid=a&sheet=b", "", header)) }
	if a := page(); a.status != 403 {
		t.Errorf("rights at once: %d", a.status)
	}
	c.move(1300 * time.Millisecond)
	for i, want := range []bool{true, false} {
		if a := page(); a.status != 200 || strings.Contains(a.raw, "&#34;welcome&#34;:true") != want {
			t.Errorf("visit %d: %d, welcome %v", i+1, a.status, !want)
		}
	}
}
