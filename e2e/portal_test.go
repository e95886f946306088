package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"vitrine/demo"
	"vitrine/store/storetest"
)

// portal is the program in demo mode, in front of real stores.
type portal struct {
	t      *testing.T
	url    string // as browsers know it
	tenant *tap
	demo   string // the demo tenant itself, behind the tap, for its control API
	redis  *storetest.RedisServer
	output *lockedBuffer
}

// startPortal starts everything and waits until it says it is ready.
func startPortal(t *testing.T) *portal {
	t.Helper()
	portalPort, demoAddr := storetest.FreePort(t), "127.0.0.1:"+storetest.FreePort(t)
	p := &portal{
		t: t, url: "http://localhost:" + portalPort, demo: "http://" + demoAddr,
		tenant: startTap(t, demoAddr), redis: storetest.Redis(t), output: &lockedBuffer{},
	}
	env := []string{
		"LISTEN_ADDR=127.0.0.1:" + portalPort, "PUBLIC_URL=" + p.url, "DEMO_ADDR=" + demoAddr, "DEMO_URL=" + p.tenant.url,
		"REDIS_URL=" + p.redis.URL, "DATABASE_URL=" + storetest.Postgres(t).URL, "LOG_FORMAT=text",
	}
	migrate := exec.Command(binary, "migrate")
	migrate.Env = env
	if out, err := migrate.CombinedOutput(); err != nil {
		t.Fatalf("vitrine migrate: %v\n%s", err, out)
	}
	p.run(env)
	p.await(http.StatusOK)
	return p
}

// run starts the program, which ends with the test or when stop is called.
func (p *portal) run(env []string) (stop func()) {
	p.t.Helper()
	cmd := exec.Command(binary, "serve")
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = env, p.t.TempDir(), p.output, p.output
	if err := cmd.Start(); err != nil {
		p.t.Fatalf("start the program: %v", err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	stop = sync.OnceFunc(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(15 * time.Second):
			p.t.Error("the program does not stop when told to")
			_ = cmd.Process.Kill()
			<-ended
		}
	})
	p.t.Cleanup(func() {
		stop()
		if p.t.Failed() {
			lines := strings.Split(strings.TrimSpace(p.output.String()), "\n")
			p.t.Logf("the program said at last:\n%s", strings.Join(lines[max(0, len(lines)-25):], "\n"))
		}
		for _, secret := range p.tenant.secrets() {
			if strings.Contains(p.output.String(), secret) {
				p.t.Error("a token is in the program's log")
			}
		}
	})
	return stop
}

// await waits until readiness has this status.
func (p *portal) await(status int) {
	p.t.Helper()
	var last string
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		resp, err := http.Get(p.url + "/readyz")
		if err != nil {
			last = err.Error()
			continue
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if last = resp.Status + " " + string(body); resp.StatusCode == status {
			return
		}
	}
	p.t.Fatalf("readiness never was %d: %s\n%s", status, last, p.output)
}

// control asks the demo tenant's control API for something.
func (p *portal) control(method, path, body string) {
	p.t.Helper()
	r, _ := http.NewRequestWithContext(p.t.Context(), method, p.demo+"/_demo"+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatalf("control API: %v", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		p.t.Fatalf("control API: %s %s: %s", method, path, resp.Status)
	}
}

func (p *portal) stats() (s demo.Stats) {
	p.t.Helper()
	resp, err := http.Get(p.demo + "/_demo/stats")
	if err != nil {
		p.t.Fatalf("control API: %v", err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&s); err != nil {
		p.t.Fatalf("control API: %v", err)
	}
	return s
}

// untilNoSockets waits until the tenant has heard of the end of every socket.
func (p *portal) untilNoSockets() {
	p.t.Helper()
	open := p.stats().OpenSockets
	for deadline := time.Now().Add(patience); open > 0 && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		open = p.stats().OpenSockets
	}
	if open > 0 {
		p.t.Errorf("%d engine sockets stay open", open)
	}
}

// lockedBuffer takes the output of a process while a test reads it.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
