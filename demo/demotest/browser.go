package demotest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"vitrine/demo"
)

// Browser is one person's browser at the tenant: it keeps the tenant's cookies,
// so that a second authorization passes silently.
type Browser struct {
	Client  *http.Client // follows redirects on the tenant only
	Decline bool         // press "Decline" on the consent page
	tenant  string
}

// NewBrowser returns a browser without cookies.
func (s *Server) NewBrowser(t testing.TB) *Browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Browser{tenant: s.URL, Client: &http.Client{
		Jar: jar,
		CheckRedirect: func(req *http.Request, _ []*http.Request) error {
			if req.URL.Scheme+"://"+req.URL.Host != s.URL {
				return http.ErrUseLastResponse
			}
			return nil
		},
	}}
}

// Authorize opens an authorization URL in a fresh browser, signs the person
// in, consents if necessary, and returns the URL of the client that the browser
// is sent back to.
func (s *Server) Authorize(t testing.TB, authURL string, person demo.Person) (callbackURL string) {
	t.Helper()
	return s.NewBrowser(t).Authorize(t, authURL, person)
}

var transactionField = regexp.MustCompile(`name="transaction" value="([^"]*)"`)

// Authorize is Server.Authorize in this browser.
func (b *Browser) Authorize(t testing.TB, authURL string, person demo.Person) (callbackURL string) {
	t.Helper()
	resp, err := b.Client.Get(authURL)
	for range 3 { // login, consent, and back
		if err != nil {
			t.Fatalf("authorize: %v", err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if location := resp.Header.Get("Location"); location != "" {
			return location
		}
		page := string(body)
		form := url.Values{}
		if field := transactionField.FindStringSubmatch(page); field != nil {
			form.Set("transaction", html.UnescapeString(field[1]))
		}
		switch {
		case resp.StatusCode == http.StatusOK && strings.Contains(page, `action="/login/form"`):
			form.Set("email", person.Email)
			form.Set("password", person.Password)
			resp, err = b.Client.PostForm(b.tenant+"/login/form", form)
		case resp.StatusCode == http.StatusOK && strings.Contains(page, `action="/oauth/consent"`):
			form.Set("decision", map[bool]string{true: "deny", false: "approve"}[b.Decline])
			resp, err = b.Client.PostForm(b.tenant+"/oauth/consent", form)
		default:
			t.Fatalf("authorize: the tenant answered %d: %s", resp.StatusCode, page)
		}
	}
	t.Fatal("authorize: no end to the pages")
	return ""
}

// Tokens is a decoded token response.
type Tokens struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	IDToken      string `json:"id_token"`
	TokenType    string `json:"token_type"`
	Scope        string `json:"scope"`
}

// SignIn runs the whole code flow for tests that only need tokens. scope ""
// means "user_default offline_access".
func (s *Server) SignIn(t testing.TB, person demo.Person, scope string) Tokens {
	t.Helper()
	if scope == "" {
		scope = "user_default offline_access"
	}
	raw := make([]byte, 32)
	rand.Read(raw)
	verifier := base64.RawURLEncoding.EncodeToString(raw)
	challenge := sha256.Sum256([]byte(verifier))
	callback := s.Authorize(t, s.URL+"/oauth/authorize?"+url.Values{
		"response_type": {"code"}, "client_id": {s.ClientID}, "redirect_uri": {s.RedirectURIs[0]}, "scope": {scope}, "state": {"s"},
		"code_challenge_method": {"S256"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])},
	}.Encode(), person)
	u, err := url.Parse(callback)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := s.Client().PostForm(s.URL+"/oauth/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {u.Query().Get("code")}, "redirect_uri": {s.RedirectURIs[0]},
		"client_id": {s.ClientID}, "client_secret": {s.ClientSecret}, "code_verifier": {verifier},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(resp.Body)
		t.Fatalf("exchange code: %d %s", resp.StatusCode, body)
	}
	var tokens Tokens
	if err := json.NewDecoder(resp.Body).Decode(&tokens); err != nil {
		t.Fatal(err)
	}
	return tokens
}

// AccessToken signs the person in and returns a bearer token for them.
func (s *Server) AccessToken(t testing.TB, person demo.Person) string {
	t.Helper()
	return s.SignIn(t, person, "").AccessToken
}
