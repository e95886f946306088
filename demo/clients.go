package demo

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// maxPerClient bounds the redirect URIs, the origins and the secrets of a client.
const maxPerClient = 5

// Types of clients. Only web clients are confidential.
const (
	appTypeWeb    = "web"
	appTypeNative = "native"
	appTypeSPA    = "spa"
)

// client is one entry of the OAuth client registry.
type client struct {
	id string
	clientFields
	secrets                     []clientSecret
	consent                     Consent
	disconnected                bool // its connection to this tenant was deleted
	created, updated, published time.Time
	createdBy                   *person // nil: registered before the tenant started
}

// clientFields are what an admin may set.
type clientFields struct {
	Name         string   `json:"clientName"`
	AppType      string   `json:"appType"`
	Description  string   `json:"description"`
	ClientURI    string   `json:"clientUri"`
	LogoURI      string   `json:"logoUri"`
	RedirectURIs []string `json:"redirectUris"`
	Scopes       []string `json:"allowedScopes"`
	Origins      []string `json:"allowedOrigins"`
	GrantTypes   []string `json:"allowedGrantTypes"`
	AuthMethods  []string `json:"allowedAuthMethods"`
}

// clientSecret is shown once, when it is made. Reads give the hint only.
type clientSecret struct {
	value     string
	Hint      string `json:"hint"`
	CreatedAt string `json:"createdAt"`
	CreatedBy string `json:"createdBy,omitempty"`
}

func (c client) key() string { return c.id }

// ownClient is the program's own client, which is in the registry from the
// start. Who configured it chose the redirect URIs, so they are not checked.
func ownClient(o Options) client {
	return client{
		id: o.ClientID, created: o.Now(), updated: o.Now(),
		clientFields: clientFields{
			Name: "Portal", AppType: appTypeWeb, RedirectURIs: o.RedirectURIs, Scopes: knownScopes,
			Origins: []string{}, GrantTypes: []string{}, AuthMethods: []string{"client_secret"},
		},
		secrets: []clientSecret{{value: o.ClientSecret, Hint: hintOf(o.ClientSecret), CreatedAt: wireTime(o.Now())}},
	}
}

// consentOf says whether people are asked. For the program's own client a
// setting decides, which tests and the control API change.
func (t *Tenant) consentOf(c client) Consent {
	if c.id == t.clientID {
		return t.config().Consent
	}
	return c.consent
}

// connectedClient finds a client that this tenant lets in.
func (t *Tenant) connectedClient(id string) (c client, found bool) {
	c, found = t.clients.find(id)
	return c, found && !c.disconnected
}

// public clients have no secret: they run where everybody could read it.
func (c client) public() bool { return c.AppType != appTypeWeb }

func (c client) allows(scope string, oidc bool) bool {
	return slices.Contains(c.Scopes, scope) || oidc && slices.Contains(openIDScopes, scope)
}

func (c client) hasSecret(secret string) bool {
	found := false
	for _, s := range c.secrets { // all of them, so that the time tells nothing
		found = equal(s.value, secret) || found
	}
	return found
}

// newSecret makes a secret whose hint no other one of the client has.
func (c client) newSecret(by *person, now time.Time) clientSecret {
	for {
		value := randomHex(32)
		if hint := hintOf(value); !slices.ContainsFunc(c.secrets, func(s clientSecret) bool { return s.Hint == hint }) {
			return clientSecret{value: value, Hint: hint, CreatedAt: wireTime(now), CreatedBy: by.ID}
		}
	}
}

// hintOf is the end of a secret. A short one would lose too much by that and
// gets something that only looks like it.
func hintOf(secret string) string {
	if len(secret) >= 20 {
		return secret[len(secret)-5:]
	}
	return contentHash([]byte(secret))[:5]
}

// fault says what is wrong with the fields, or "".
func (f clientFields) fault() string {
	switch {
	case f.Name == "" || utf8.RuneCountInString(f.Name) > 512:
		return "clientName is required and has at most 512 characters"
	case utf8.RuneCountInString(f.Description) > 4096 || len(f.ClientURI) > 2048 || len(f.LogoURI) > 2048:
		return "description, clientUri or logoUri is too long"
	case !slices.Contains([]string{appTypeWeb, appTypeNative, appTypeSPA}, f.AppType):
		return "appType must be web, native or spa here; the demo tenant has no anonymous embedding"
	case len(f.RedirectURIs) > maxPerClient:
		return "the max number of redirect URIs is 5"
	case len(f.Origins) > maxPerClient:
		return "the max number of allowed origins is 5"
	case !every(f.RedirectURIs, validRedirectURI):
		return "a redirect URI must be https, or http on localhost, without wildcard and fragment"
	case !every(f.Origins, validOrigin):
		return "an allowed origin is a scheme and a host, without wildcard and path"
	case !every(f.Scopes, func(s string) bool { return s != "" && !strings.ContainsAny(s, " \t\r\n\"\\") }):
		return "a scope is one word"
	case f.AppType != appTypeWeb && len(f.GrantTypes) > 0:
		return "allowedGrantTypes is for web clients only"
	case !every(f.GrantTypes, func(s string) bool { return s == grantCredentials || s == grantImpersonation }):
		return "allowedGrantTypes may hold " + grantCredentials + " and " + grantImpersonation
	case !every(f.AuthMethods, func(s string) bool { return s == "client_secret" }):
		return "the demo tenant authenticates clients by client_secret only"
	}
	return ""
}

func every(list []string, ok func(string) bool) bool {
	return !slices.ContainsFunc(list, func(s string) bool { return !ok(s) })
}

// validRedirectURI follows the console of Qlik Cloud: exact addresses only,
// and plain http on the developer's own machine only.
func validRedirectURI(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && u.Host != "" && u.User == nil && !strings.ContainsAny(raw, "#*") &&
		(u.Scheme == "https" || u.Scheme == "http" && u.Hostname() == "localhost")
}

// validOrigin: what a browser would send as Origin, and nothing looser.
func validOrigin(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && u.User == nil &&
		!strings.Contains(raw, "*") && raw == u.Scheme+"://"+u.Host
}

// withoutNull turns lists that were left out into empty ones: the registry
// answers with [] and never with null.
func (f clientFields) withoutNull() clientFields {
	for _, list := range []*[]string{&f.RedirectURIs, &f.Scopes, &f.Origins, &f.GrantTypes, &f.AuthMethods} {
		if *list == nil {
			*list = []string{}
		}
	}
	return f
}
