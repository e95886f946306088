package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/expirable"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"vitrine/qlik"
)

// requestTTL is how long a person may take at the tenant: a password, a second
// factor, a consent page.
const requestTTL = 15 * time.Minute

// Options describe the relying party. Tenant, ClientID, RedirectURI, Store and
// Qlik are required.
type Options struct {
	TenantURL    string // scheme and host; also the issuer we expect
	ClientID     string
	ClientSecret func() string // asked at every token request, so that it may change while we run
	RedirectURI  string
	Scopes       []string
	// ClientAuthBasic sends the client's credentials in the Authorization
	// header instead of the body (RFC 6749 section 2.3.1).
	ClientAuthBasic bool
	SessionMaxAge   time.Duration // default 12 h
	Store           Store
	Qlik            *qlik.Client
	HTTP            *http.Client     // for metadata, keys and tokens; default has a limit of 15 s
	Now             func() time.Time // default time.Now
	// Count is told how each refresh and each revocation ended, for metrics.
	Count func(what, outcome string)
}

// RelyingParty is Vitrine in its role towards the tenant (OpenID Connect Core
// section 1.2): a confidential client. It is safe for concurrent use.
type RelyingParty struct {
	Options
	provider  *provider
	unbounded *http.Client // HTTP for calls whose context has an end
	clock     *clockMeter
	refreshes singleflight.Group
	patience  sync.Map // handle of a session → when the tenant may be asked again
	// rejections holds the pause before a rejected token is refreshed again, by
	// handle of the session.
	rejections *expirable.LRU[string, time.Duration]
}

// New returns a relying party. It asks the tenant nothing yet, so that the
// program starts while the tenant is away.
func New(o Options) *RelyingParty {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.SessionMaxAge == 0 {
		o.SessionMaxAge = 12 * time.Hour
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{Timeout: 15 * time.Second}
	}
	if o.Count == nil {
		o.Count = func(string, string) {}
	}
	own := *o.HTTP
	if own.Transport == nil {
		own.Transport = http.DefaultTransport
	}
	clock := &clockMeter{next: own.Transport, now: o.Now}
	own.Transport = clock
	// A token request that follows a redirect would hand code and secret to
	// wherever it points.
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	o.HTTP = &own
	unbounded := own
	unbounded.Timeout = 0
	return &RelyingParty{
		Options: o, provider: newProvider(o.TenantURL, o.HTTP, o.Now), unbounded: &unbounded, clock: clock,
		rejections: expirable.NewLRU[string, time.Duration](rejectionsKept, nil, 2*longestRejectionPause),
	}
}

// Begin starts a sign-in for the browser with this ID and returns the address
// to send it to. returnTo is kept only when it is a path of our own.
func (rp *RelyingParty) Begin(ctx context.Context, browser, returnTo string) (authURL string, err error) {
	meta, err := rp.provider.metadata(ctx)
	if err != nil {
		return "", err
	}
	r := AuthorizationRequest{
		// The label lets the callback find the right one of a browser's cookies
		// when several tabs raced for the first.
		State:        newSecret(24) + "." + BrowserLabel(browser),
		CodeVerifier: oauth2.GenerateVerifier(),
		Browser:      browser,
		ReturnTo:     LocalPath(returnTo),
		CreatedAt:    rp.Now(),
	}
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(r.CodeVerifier)}
	if rp.wantsIDToken() {
		r.Nonce = newSecret(24)
		options = append(options, oauth2.SetAuthURLParam("nonce", r.Nonce))
	}
	if err := rp.Store.PutAuthorizationRequest(ctx, r, requestTTL); err != nil {
		return "", storeError("put authorization request", err)
	}
	return rp.oauth(meta).AuthCodeURL(r.State, options...), nil
}

// NewBrowserID returns an ID for a browser that has none yet.
func NewBrowserID() string { return newSecret(16) }

// BrowserLabel names a browser ID without giving it away.
func BrowserLabel(browser string) string {
	sum := sha256.Sum256([]byte("browser " + browser))
	return hex.EncodeToString(sum[:4])
}

// BrowserLabelOf returns the label inside a state, or "" when there is none.
// It proves nothing; Complete compares the browser itself.
func BrowserLabelOf(state string) string {
	_, label, _ := strings.Cut(state, ".")
	if len(label) != 8 || strings.Trim(label, "0123456789abcdef") != "" {
		return ""
	}
	return label
}

func (rp *RelyingParty) wantsIDToken() bool { return slices.Contains(rp.Scopes, "openid") }

func (rp *RelyingParty) oauth(meta metadata) *oauth2.Config {
	style := oauth2.AuthStyleInParams
	if rp.ClientAuthBasic {
		style = oauth2.AuthStyleInHeader
	}
	return &oauth2.Config{
		ClientID:     rp.ClientID,
		ClientSecret: rp.ClientSecret(),
		RedirectURL:  rp.RedirectURI,
		Scopes:       rp.Scopes,
		Endpoint: oauth2.Endpoint{
			AuthURL:  meta.AuthorizationEndpoint,
			TokenURL: meta.TokenEndpoint,
			// Never auto-detected: that repeats a failed token request, and a
			// code or a rotated refresh token must be shown once.
			AuthStyle: style,
		},
	}
}

// storeError marks err as a fault of the store unless it already says more.
func storeError(doing string, err error) error {
	if errors.Is(err, ErrNoSession) || errors.Is(err, ErrStore) {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return fmt.Errorf("%w: %s: %w", ErrStore, doing, err)
}
