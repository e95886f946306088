package state

import (
	"crypto/subtle"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// MaxPerClient bounds the redirect URIs, the origins and the secrets of a client.
const MaxPerClient = 5

// Types of clients. Only web clients are confidential.
const (
	AppTypeWeb    = "web"
	appTypeNative = "native"
	appTypeSPA    = "spa"
)

// Client is one entry of the OAuth client registry.
type Client struct {
	ID string
	ClientFields
	Secrets                     []ClientSecret
	Consent                     Consent
	Disconnected                bool // its connection to this tenant was deleted
	Created, Updated, Published time.Time
	CreatedBy                   *User // nil: registered before the tenant started
}

// ClientFields are what an admin may set.
type ClientFields struct {
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

// ClientSecret is shown once, when it is made. Reads give the hint only.
type ClientSecret struct {
	Value     string `json:"-"`
	Hint      string `json:"hint"`
	CreatedAt string `json:"createdAt"`
	CreatedBy string `json:"createdBy,omitempty"`
}

// Key implements Record.
func (c Client) Key() string { return c.ID }

// Scopes that need no registration of their own: knownScopes are those of the
// portal's client; the openid scopes are open to every client, but only while
// OIDC is switched on.
var (
	knownScopes = []string{
		"user_default", "offline_access", "admin_classic",
		"identity.name:read", "identity.email:read", "identity.subject:read", "identity.picture:read",
	}
	openIDScopes = []string{"openid", "profile", "email"}
)

// Grant types that a client has to be ticked for.
const (
	GrantCredentials   = "client_credentials"
	GrantImpersonation = "urn:qlik:oauth:user-impersonation"
)

// AddOwnClient registers the portal's own client and a web integration with the
// origins of its redirect URIs, which are not checked.
func (st *State) AddOwnClient(redirectURIs []string) {
	now := st.Now()
	st.Clients.Add(Client{
		ID: st.ClientID, Created: now, Updated: now,
		ClientFields: ClientFields{
			Name: "Portal", AppType: AppTypeWeb, RedirectURIs: redirectURIs, Scopes: knownScopes,
			Origins: []string{}, GrantTypes: []string{}, AuthMethods: []string{"client_secret"},
		},
		Secrets: []ClientSecret{{Value: st.ClientSecret, Hint: hintOf(st.ClientSecret), CreatedAt: Timestamp(now)}},
	})
	st.Integrations.Add(st.ownIntegration(redirectURIs))
}

// ConsentOf returns how the client gets consent. For the portal's own client a
// setting decides, which tests and the control API change.
func (st *State) ConsentOf(c Client) Consent {
	if c.ID == st.ClientID {
		return st.Settings().Consent
	}
	return c.Consent
}

// ConnectedClient finds a client that this tenant lets in.
func (st *State) ConnectedClient(id string) (c Client, found bool) {
	c, found = st.Clients.Find(id)
	return c, found && !c.Disconnected
}

// AllowsOrigin reports whether pages of the origin are the client's.
func (c Client) AllowsOrigin(origin string) bool { return slices.Contains(c.Origins, origin) }

// Public reports whether the client has no secret: native and single-page apps.
func (c Client) Public() bool { return c.AppType != AppTypeWeb }

// Allows reports whether the client may ask for the scope.
func (c Client) Allows(scope string, oidc bool) bool {
	return slices.Contains(c.Scopes, scope) || oidc && slices.Contains(openIDScopes, scope)
}

// HasSecret compares in constant time.
func (c Client) HasSecret(secret string) bool {
	found := false
	for _, s := range c.Secrets { // all of them, in constant time
		found = Equal(s.Value, secret) || found
	}
	return found
}

// NewSecret makes a secret whose hint no other one of the client has.
func (c Client) NewSecret(by *User, now time.Time) ClientSecret {
	for {
		value := RandomHex(32)
		if hint := hintOf(value); !slices.ContainsFunc(c.Secrets, func(s ClientSecret) bool { return s.Hint == hint }) {
			return ClientSecret{Value: value, Hint: hint, CreatedAt: Timestamp(now), CreatedBy: by.ID}
		}
	}
}

// hintOf is the end of a secret. A short one would lose too much by that and
// gets something that only looks like it.
func hintOf(secret string) string {
	if len(secret) >= 20 {
		return secret[len(secret)-5:]
	}
	return ContentHash([]byte(secret))[:5]
}

// Invalid returns what is wrong with the fields, or "".
func (f ClientFields) Invalid() string {
	switch {
	case f.Name == "" || utf8.RuneCountInString(f.Name) > 512:
		return "clientName is required and has at most 512 characters"
	case utf8.RuneCountInString(f.Description) > 4096 || len(f.ClientURI) > 2048 || len(f.LogoURI) > 2048:
		return "description, clientUri or logoUri is too long"
	case !slices.Contains([]string{AppTypeWeb, appTypeNative, appTypeSPA}, f.AppType):
		return "appType must be web, native or spa here; the demo tenant has no anonymous embedding"
	case len(f.RedirectURIs) > MaxPerClient:
		return "the max number of redirect URIs is 5"
	case len(f.Origins) > MaxPerClient:
		return "the max number of allowed origins is 5"
	case !Every(f.RedirectURIs, validRedirectURI):
		return "a redirect URI must be https, or http on localhost, without wildcard and fragment"
	case !Every(f.Origins, validOrigin):
		return "an allowed origin is a scheme and a host, without wildcard and path"
	case !Every(f.Scopes, func(s string) bool { return s != "" && !strings.ContainsAny(s, " \t\r\n\"\\") }):
		return "a scope is one word"
	case f.AppType != AppTypeWeb && len(f.GrantTypes) > 0:
		return "allowedGrantTypes is for web clients only"
	case !Every(f.GrantTypes, func(s string) bool { return s == GrantCredentials || s == GrantImpersonation }):
		return "allowedGrantTypes may hold " + GrantCredentials + " and " + GrantImpersonation
	case !Every(f.AuthMethods, func(s string) bool { return s == "client_secret" }):
		return "the demo tenant authenticates clients by client_secret only"
	}
	return ""
}

// Every reports whether all texts are ok.
func Every(list []string, ok func(string) bool) bool {
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

// WithoutNull turns lists that were left out into empty ones: the registry
// answers with [] and never with null.
func (f ClientFields) WithoutNull() ClientFields {
	for _, list := range []*[]string{&f.RedirectURIs, &f.Scopes, &f.Origins, &f.GrantTypes, &f.AuthMethods} {
		if *list == nil {
			*list = []string{}
		}
	}
	return f
}

// Equal compares in constant time.
func Equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// OriginOf is scheme and host of an absolute URL, or "".
func OriginOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
