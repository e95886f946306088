package demo

import (
	"crypto"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// IdentityProvider is a JWT identity provider that is registered from the
// start: whose signed tokens /login/jwt-session takes.
type IdentityProvider struct {
	Issuer, KeyID string
	PEM           string // X.509 certificate or public key
}

// jwtProvider is such a provider as the REST API has it. It holds one key, so
// that a new key is a new provider.
type jwtProvider struct {
	ID             string         `json:"id"`
	Active         bool           `json:"active"`
	Interactive    bool           `json:"interactive"`
	Protocol       string         `json:"protocol"`
	Provider       string         `json:"provider"`
	Description    string         `json:"description"`
	TenantIDs      []string       `json:"tenantIds"`
	ClockTolerance *int           `json:"clockToleranceSec"`
	Created        string         `json:"created"`
	LastUpdated    string         `json:"lastUpdated"`
	Meta           map[string]any `json:"meta"`
	Options        jwtOptions     `json:"options"`

	public crypto.PublicKey
}

type jwtOptions struct {
	Issuer     string      `json:"issuer"`
	StaticKeys []staticKey `json:"staticKeys"`
}

type staticKey struct {
	KeyID string `json:"kid"`
	PEM   string `json:"pem"`
}

func (p jwtProvider) key() string { return p.ID }

func (p jwtProvider) tolerance() time.Duration { return time.Duration(*p.ClockTolerance) * time.Second }

func (t *Tenant) providerRoutes(mux *http.ServeMux) {
	const path = "/api/v1/identity-providers"
	handle := func(pattern string, tier int, endpoint apiFunc) {
		mux.HandleFunc(pattern, t.api(tier, adminOnly("", endpoint)))
	}
	handle("GET "+path, 1, t.providerList)
	handle("POST "+path, 2, t.createProvider)
	handle("GET "+path+"/{id}", 1, t.readProvider)
	handle("PATCH "+path+"/{id}", 2, t.patchProvider)
	handle("DELETE "+path+"/{id}", 2, t.deleteProvider)
	handle("GET "+path+"/me/meta", 1, fixed(map[string]string{"userPortalLink": "", "upgradeSubscriptionLink": ""}))
	mux.HandleFunc("POST /login/jwt-session", t.jwtSession)
}

// registerProvider checks a provider and adds it.
func (t *Tenant) registerProvider(p jwtProvider) (jwtProvider, error) {
	tolerance := 5
	if p.ClockTolerance == nil {
		p.ClockTolerance = &tolerance
	}
	switch {
	case p.Protocol != "jwtAuth" || p.Provider != "external":
		return p, fmt.Errorf("protocol must be jwtAuth and provider external: the demo tenant has its own login page for people")
	case p.Options.Issuer == "":
		return p, fmt.Errorf("options.issuer is required")
	case len(p.Options.StaticKeys) != 1 || p.Options.StaticKeys[0].KeyID == "":
		return p, fmt.Errorf("options.staticKeys must hold one key with a kid")
	case utf8.RuneCountInString(p.Description) > 128:
		return p, fmt.Errorf("description has at most 128 characters")
	case *p.ClockTolerance < 0 || *p.ClockTolerance > 7200:
		return p, fmt.Errorf("clockToleranceSec must be from 0 to 7200")
	}
	public, err := parsePublicKey(p.Options.StaticKeys[0].PEM)
	if err != nil {
		return p, err
	}
	if _, taken := t.providerOf(p.Options.Issuer, p.Options.StaticKeys[0].KeyID); taken {
		return p, fmt.Errorf("there is an identity provider with this issuer and key ID")
	}
	now := wireTime(t.now())
	p.ID, p.Active, p.Interactive, p.public = randomHex(12), true, false, public
	p.TenantIDs, p.Meta = []string{t.content.tenantID}, map[string]any{}
	p.Created, p.LastUpdated = now, now
	p.Options.StaticKeys = slices.Clone(p.Options.StaticKeys)
	t.providers.add(p)
	return p, nil
}

// providerOf finds the provider that a token names.
func (t *Tenant) providerOf(issuer, keyID string) (jwtProvider, bool) {
	for _, p := range t.providers.all() {
		if p.Options.Issuer == issuer && p.Options.StaticKeys[0].KeyID == keyID {
			return p, true
		}
	}
	return jwtProvider{}, false
}

func (t *Tenant) providerList(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	list := t.providers.all()
	if active := r.URL.Query().Get("active"); active != "" {
		list = slices.DeleteFunc(list, func(p jwtProvider) bool { return p.Active != strings.EqualFold(active, "true") })
	}
	page, links, no := pageOf(t, r, list, 20)
	if no != nil {
		return no
	}
	writeJSON(w, http.StatusOK, map[string]any{"data": page, "links": links})
	return nil
}

func (t *Tenant) createProvider(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
	var p jwtProvider
	if no := readJSON(w, r, &p); no != nil {
		return no
	}
	p, err := t.registerProvider(p)
	if err != nil {
		no := badRequest(err.Error())
		return &no
	}
	t.audit("com.qlik.identity-provider.created", who.person, map[string]any{"id": p.ID, "issuer": p.Options.Issuer})
	writeJSON(w, http.StatusCreated, p)
	return nil
}

func (t *Tenant) readProvider(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	p, found := t.providers.find(r.PathValue("id"))
	if !found {
		return &errNotFound
	}
	writeJSON(w, http.StatusOK, p)
	return nil
}

// patchProvider changes the description, which is all that can be changed.
func (t *Tenant) patchProvider(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
	ops, no := readPatch(w, r)
	if no != nil {
		return no
	}
	now := wireTime(t.now())
	no = t.providers.change(r.PathValue("id"), func(p *jwtProvider) *apiError {
		changed, no := patched(*p, ops, "description")
		if no != nil {
			return no
		}
		if utf8.RuneCountInString(changed.Description) > 128 {
			no := badRequest("description has at most 128 characters")
			return &no
		}
		p.Description, p.LastUpdated = changed.Description, now
		return nil
	})
	if no != nil {
		return no
	}
	t.audit("com.qlik.identity-provider.updated", who.person, map[string]any{"id": r.PathValue("id")})
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// deleteProvider leaves the sessions that it began.
func (t *Tenant) deleteProvider(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
	if !t.providers.remove(r.PathValue("id")) {
		return &errNotFound
	}
	t.audit("com.qlik.identity-provider.deleted", who.person, map[string]any{"id": r.PathValue("id")})
	w.WriteHeader(http.StatusNoContent)
	return nil
}
