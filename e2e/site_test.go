package e2e

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"vitrine/demo"
	"vitrine/demo/demotest"
	"vitrine/store/storetest"
)

// site is the portal as an installation has it that also has pages of its own:
// a front that serves these pages and passes everything else on, to one of two
// processes that share a Redis. The tenant is in the test's own process, so
// that it outlives either of them.
type site struct {
	*portal
	tenantItself *demotest.Server
	signer       signer
	serving      atomic.Pointer[url.URL] // the process that the front passes on to
	processes    []process
	appID        string // of the sales app
}

type process struct {
	url  *url.URL
	stop func()
}

// pagePolicy is the policy of a careful owner of a page: nothing from anywhere
// else. Qlik's web components set inline styles.
const pagePolicy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:"

// npmFiles are libraries that run in a browser as npm brings them.
var npmFiles = map[string]string{
	"/npm/enigma.js":   "../node_modules/enigma.js/enigma.min.js",
	"/npm/schema.json": "../node_modules/enigma.js/schemas/12.2015.0.json",
}

// startSite starts a process for each of these settings.
func startSite(t *testing.T, settings ...func(*site) []string) *site {
	t.Helper()
	return startSiteAt(t, "http://localhost", nil, settings...)
}

// startSiteAt is a site with this name, and the tenant's pages may also be
// framed by those of these hosts. With https, portal and tenant have a
// certificate that the test's browsers take (main_test.go).
func startSiteAt(t *testing.T, name string, framing []string, settings ...func(*site) []string) *site {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	s := startProcesses(t, name+":"+port, framing, settings...)
	front := httptest.NewUnstartedServer(s.front())
	front.Listener.Close()
	front.Listener = listener
	if strings.HasPrefix(name, "https:") {
		front.StartTLS()
	} else {
		front.Start()
	}
	t.Cleanup(func() { front.CloseClientConnections(); front.Close() })
	return s
}

// startProcesses starts all of a site but its front, which is to serve url.
func startProcesses(t *testing.T, url string, framing []string, settings ...func(*site) []string) *site {
	t.Helper()
	s := &site{portal: &portal{t: t, url: url, redis: storetest.Redis(t), output: &lockedBuffer{}}, signer: newSigner(t)}
	s.startTenant(framing, strings.HasPrefix(url, "https:"))
	env := s.env()
	for _, further := range settings {
		s.processes = append(s.processes, s.startProcess(append(env[:len(env):len(env)], further(s)...)))
	}
	for _, p := range s.processes {
		ready := *s.portal
		ready.url = p.url.String()
		ready.await(http.StatusOK)
	}
	s.serving.Store(s.processes[0].url)
	return s
}

func (s *site) startProcess(env []string) process {
	s.t.Helper()
	addr, one := "127.0.0.1:"+storetest.FreePort(s.t), *s.portal
	one.output = &lockedBuffer{} // a log for each
	return process{&url.URL{Scheme: "http", Host: addr}, one.run(append([]string{"LISTEN_ADDR=" + addr, "RATE_LIMIT=0"}, env...))}
}

func (s *site) startTenant(framing []string, secure bool) {
	s.t.Helper()
	var config *tls.Config
	if secure {
		config = testTLS()
	}
	s.tenantItself = demotest.New(s.t, func(o *demo.Options) {
		s.tenant = startTapWith(s.t, strings.TrimPrefix(o.URL, "http://"), config)
		s.demo, o.URL = o.URL, s.tenant.url
		o.RedirectURIs = []string{s.url + "/login/callback"}
		o.Runtime = os.DirFS("../static/vendor/nebula")
		o.FrameOrigins = append(framing, strings.SplitAfter(s.url, "://")[1])
		o.IdentityProviders = []demo.IdentityProvider{s.signer.provider}
	})
}

// env is the environment of each process.
func (s *site) env() []string {
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	return []string{
		"QLIK_SCOPES=user_default offline_access admin_classic", // or not even an admin may administer
		"QLIK_WEB_INTEGRATION_ID=" + demo.WebIntegrationID,
		"PUBLIC_URL=" + s.url, "QLIK_EMBED_RUNTIME_URL=" + s.url + "/qlik", "LOG_FORMAT=text",
		"QLIK_TENANT_URL=" + s.tenant.url, "QLIK_CLIENT_ID=" + s.tenantItself.ClientID, "QLIK_CLIENT_SECRET=" + s.tenantItself.ClientSecret,
		"REDIS_URL=" + s.redis.URL, "DATABASE_URL=sqlite::memory:", "SESSION_KEYS=" + base64.StdEncoding.EncodeToString(key),
	}
}

// front serves the pages and relays the rest with its Host, as fronts do.
func (s *site) front() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(s.serving.Load())
			r.Out.Host = r.In.Host
		},
		ErrorLog: log.New(io.Discard, "", 0), // nobody serves yet, or people close tabs
	})
	for path, file := range npmFiles {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, file) })
	}
	mux.HandleFunc("GET /mashup/{file}", s.page)
	return mux
}

// page writes into a page what its author would: where the portal is, and the
// app.
func (s *site) page(w http.ResponseWriter, r *http.Request) {
	content, err := os.ReadFile(filepath.Join("testdata/mashup", r.PathValue("file")))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	content = bytes.ReplaceAll(content, []byte("PUBLIC_URL"), []byte(s.url))
	content = bytes.ReplaceAll(content, []byte("APP_ID"), []byte(s.appID))
	kind := "text/html; charset=utf-8"
	if filepath.Ext(r.PathValue("file")) == ".js" {
		kind = "text/javascript; charset=utf-8"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Security-Policy", pagePolicy)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(content)
}

// visitor is a browser without history in which this person signed in.
func (s *site) visitor(t *testing.T, person demo.Person) *profile {
	t.Helper()
	return s.visitorOf(t, strict, person)
}

func (s *site) visitorOf(t *testing.T, c *chromium, person demo.Person) *profile {
	t.Helper()
	visitor := c.newProfile(t)
	b := visitor.newTab()
	b.open(s.url + "/login?return_to=/me") // a page without pictures
	b.click(byText("button", "Sign in as "+person.Name))
	b.until("to be back at the portal", `location.origin === "`+s.url+`" && document.readyState === "complete"`)
	if s.appID == "" {
		b.read(`fetch("/qlik/api/v1/items?name=Sales%20Overview").then((r) => r.json()).then((r) => r.data[0].resourceId)`, &s.appID)
	}
	return visitor
}

// mashup opens one of the pages in a tab of its own.
func (p *profile) mashup(t *testing.T, s *site, page string) *tab {
	t.Helper()
	b := p.in(t).newTab()
	b.open(s.url + "/mashup/" + page)
	b.until("the page's script", `window.mashup`)
	return b
}

// checkOnlyPortal wants nobody else asked than the portal, and nothing of the
// tenant's secrets in the tab.
func (b *tab) checkOnlyPortal(s *site) {
	b.t.Helper()
	for host, address := range b.hosts() {
		if host != strings.TrimPrefix(s.url, "http://") {
			b.t.Errorf("a request left the portal: %s", address)
		}
	}
	b.checkNoSecrets(s.portal)
	b.checkNothingLeaks(s.portal)
}

// What the processes of a site differ in.
func plain(*site) []string     { return nil }
func signing(s *site) []string { return s.signer.settings }

// signer is a JWT identity provider: the tenant knows its key, and a process
// that has the settings signs with it.
type signer struct {
	provider demo.IdentityProvider
	settings []string
}

func newSigner(t *testing.T) signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	must(t, err)
	encode := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	p := demo.IdentityProvider{Issuer: "https://portal.example", KeyID: "first", PEM: encode("PUBLIC KEY", public)}
	return signer{p, []string{"QLIK_JWT_ISSUER=" + p.Issuer, "QLIK_JWT_KEY_ID=" + p.KeyID, "QLIK_JWT_PRIVATE_KEY=" + encode("PRIVATE KEY", private)}}
}
