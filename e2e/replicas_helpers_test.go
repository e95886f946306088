package e2e

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vitrine/demo/demotest"
	"vitrine/store/storetest"
)

// tokenPath is a path that needs a living access token: asking for it refreshes
// one that is due.
const tokenPath = "/qlik/api/v1/items?limit=1"

const replicaCount = 4

// replicaSet is the program several times over, as a load balancer would have
// it: one Redis, one public address, one tenant.
type replicaSet struct {
	t         *testing.T
	tenant    *replicaTenant
	publicURL string
	bases     []string // the address of each replica
	env       []string
	processes []*replicaProcess
	client    *http.Client
}

type replicaProcess struct {
	cmd    *exec.Cmd
	ended  chan struct{}
	output *lockedBuffer
	told   atomic.Bool // to end, or killed
}

// startReplicas starts the tenant and the replicas, and waits until all are
// ready.
func startReplicas(t *testing.T, redisURL string, tenant replicaTenantOptions, env ...string) *replicaSet {
	t.Helper()
	s := &replicaSet{t: t, processes: make([]*replicaProcess, replicaCount), client: replicaClient()}
	for range replicaCount {
		s.bases = append(s.bases, "http://127.0.0.1:"+storetest.FreePort(t))
	}
	// Cookies do not tell ports apart, so the first replica's address will do
	// for all of them.
	s.publicURL = s.bases[0]
	s.tenant = startReplicaTenant(t, s.publicURL, tenant)
	s.env = append([]string{
		"QLIK_TENANT_URL=" + s.tenant.URL, "QLIK_CLIENT_ID=" + s.tenant.ClientID, "QLIK_CLIENT_SECRET=" + s.tenant.ClientSecret,
		"PUBLIC_URL=" + s.publicURL, "REDIS_URL=" + redisURL, "DATABASE_URL=sqlite::memory:", "LOG_LEVEL=info", "LOG_FORMAT=json",
		"SESSION_KEYS=" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("k"), 32)),
	}, env...)
	for i := range s.processes {
		s.start(i)
	}
	for i := range s.processes {
		s.awaitReady(i)
	}
	return s
}

// replicaClient keeps connections, follows no redirects and has no cookie jar:
// who sends which cookie is what the tests are about.
func replicaClient() *http.Client {
	return &http.Client{
		Timeout:       30 * time.Second,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 200, DialContext: (&net.Dialer{Timeout: 2 * time.Second}).DialContext},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (s *replicaSet) start(i int) {
	s.t.Helper()
	p := &replicaProcess{cmd: exec.Command(binary, "serve"), ended: make(chan struct{}), output: &lockedBuffer{}}
	if old := s.processes[i]; old != nil {
		p.output = old.output // one log per replica, over its restarts
	}
	p.cmd.Env = append([]string{"LISTEN_ADDR=" + strings.TrimPrefix(s.bases[i], "http://"), "RATE_LIMIT=0"}, s.env...)
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = s.t.TempDir(), p.output, p.output
	if err := p.cmd.Start(); err != nil {
		s.t.Fatalf("start replica %d: %v", i, err)
	}
	go func() { _ = p.cmd.Wait(); close(p.ended) }()
	s.processes[i] = p
	s.t.Cleanup(func() {
		p.checkAlive(s.t, i)
		p.kill()
		if s.t.Failed() {
			s.t.Logf("replica %d said at last:\n%s", i, p.lastLines(15))
		}
	})
}

// kill ends the process without a warning, as a lost machine would.
func (p *replicaProcess) kill() {
	p.told.Store(true)
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// checkAlive says how a process ended that nobody had told to.
func (p *replicaProcess) checkAlive(t *testing.T, i int) {
	t.Helper()
	select {
	case <-p.ended:
		if !p.told.Swap(true) {
			t.Errorf("replica %d ended by itself: %v; it said at last:\n%s", i, p.cmd.ProcessState, p.lastLines(60))
		}
	default:
	}
}

func (p *replicaProcess) lastLines(n int) string {
	lines := strings.Split(strings.TrimSpace(p.output.String()), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

func (s *replicaSet) awaitReady(i int) {
	s.t.Helper()
	var last string
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		resp, err := s.client.Get(s.bases[i] + "/readyz")
		if err != nil {
			last = err.Error()
			continue
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if last = resp.Status + " " + string(body); resp.StatusCode == http.StatusOK {
			return
		}
	}
	s.processes[i].checkAlive(s.t, i)
	s.t.Fatalf("replica %d is not ready: %s\n%s", i, last, s.processes[i].output)
}

// logs is what all replicas wrote.
func (s *replicaSet) logs() string {
	var all strings.Builder
	for _, p := range s.processes {
		all.WriteString(p.output.String())
	}
	return all.String()
}

// replicaAnswer is what a test looks at in a response.
type replicaAnswer struct {
	status  int
	header  http.Header
	cookies []*http.Cookie
	body    string
	took    time.Duration
}

// do sends one request with a Cookie header as given.
func (s *replicaSet) do(method, address, cookie string) (replicaAnswer, error) {
	r, err := http.NewRequestWithContext(s.t.Context(), method, address, nil)
	if err != nil {
		return replicaAnswer{}, err
	}
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	r.Header.Set("Accept", "application/json")
	if strings.HasPrefix(r.URL.Path, "/login") {
		r.Header.Set("Accept", "text/html") // a script is not sent to sign in
	}
	r.Header.Set("Origin", s.publicURL)
	r.Header.Set("User-Agent", replicaBrowser) // part of what is kept of a session
	start := time.Now()
	resp, err := s.client.Do(r)
	if err != nil {
		return replicaAnswer{took: time.Since(start)}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return replicaAnswer{resp.StatusCode, resp.Header, resp.Cookies(), string(body), time.Since(start)}, err
}

// mustDo is do for what has to work.
func (s *replicaSet) mustDo(method, address, cookie string) replicaAnswer {
	s.t.Helper()
	a, err := s.do(method, address, cookie)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, address, err)
	}
	return a
}

// signIn goes the whole way through replica i: /login, the tenant in a browser
// that the tenant may know already, and the callback. It returns the session's
// Cookie header.
func (s *replicaSet) signIn(i int, at *demotest.Browser) (cookie string) {
	s.t.Helper()
	begun := s.mustDo(http.MethodGet, s.bases[i]+"/login", "")
	back, err := url.Parse(at.Authorize(s.t, begun.header.Get("Location"), s.tenant.Viewer()))
	if err != nil {
		s.t.Fatal(err)
	}
	ended := s.mustDo(http.MethodGet, s.bases[i]+back.RequestURI(), cookieHeader(begun.cookies))
	cookie = cookieHeader(ended.cookies)
	if ended.status != http.StatusSeeOther || !strings.HasPrefix(cookie, replicaCookie+"=") {
		s.t.Fatalf("sign-in ended with %d and cookies of %d bytes: %.300s", ended.status, len(cookie), ended.body)
	}
	s.tenant.keepSecret(strings.TrimPrefix(cookie, replicaCookie+"="))
	s.tenant.keepSecret(back.Query().Get("code"))
	s.tenant.keepSecret(back.Query().Get("state"))
	return cookie
}

// signInMany spreads n sign-ins over the replicas, all of one person, whose
// browser the tenant knows after the first.
func (s *replicaSet) signInMany(at *demotest.Browser, n int) (cookies []string) {
	s.t.Helper()
	for i := range n {
		cookies = append(cookies, s.signIn(i%replicaCount, at))
	}
	return cookies
}

// replicaCookie is the name of the session cookie over plain http.
const replicaCookie = "vitrine"

const replicaBrowser = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"

func cookieHeader(cookies []*http.Cookie) string {
	var pairs []string
	for _, c := range cookies {
		pairs = append(pairs, c.Name+"="+c.Value)
	}
	return strings.Join(pairs, "; ")
}

// clearsSession reports whether an answer takes the session cookie away.
func (a replicaAnswer) clearsSession() bool {
	for _, c := range a.cookies {
		if c.Name == replicaCookie && (c.MaxAge < 0 || c.Value == "") {
			return true
		}
	}
	return false
}

// served reports whether this is the tenant's own answer, or that of a living
// session: the tenant sends whoever asks for users/me on to the person's ID.
func (a replicaAnswer) served() bool {
	return a.status == http.StatusOK ||
		a.status == http.StatusMovedPermanently && strings.Contains(a.header.Get("Location"), "/qlik/api/v1/users/")
}

func (a replicaAnswer) String() string { return fmt.Sprintf("%d %.200s", a.status, a.body) }
