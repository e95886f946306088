package bench

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"vitrine/store/storetest"
)

// profiles is where to put profiles of the portal, if any.
var profiles = flag.String("profiles", "", "write profiles of the portal under each load into this folder, instead of comparing")

// binaries are the programs built so far, by package.
var binaries struct {
	sync.Mutex
	dir  string
	path map[string]string
}

func TestMain(m *testing.M) {
	flag.Parse()
	dir, err := os.MkdirTemp("", "vitrine-bench")
	if err != nil {
		panic(err)
	}
	binaries.dir, binaries.path = dir, map[string]string{}
	status := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(status)
}

// measuring tells benchmarks from tests, which a release's two more minutes of
// compiling would only hold up.
func measuring() bool { return flag.Lookup("test.bench").Value.String() != "" }

// build returns the program of a package of ours.
func build(tb testing.TB, pkg string) string {
	tb.Helper()
	binaries.Lock()
	defer binaries.Unlock()
	if path := binaries.path[pkg]; path != "" {
		return path
	}
	path := filepath.Join(binaries.dir, strings.ReplaceAll(pkg, "/", "-"))
	args := []string{"build", "-trimpath", "-o", path}
	switch {
	case *profiles != "":
		args = append(args, "-tags", "profile")
	case pkg == portalProgram && measuring():
		args = append(args, "-pgo", "../cmd/vitrine/release.pgo") // as make build does
	}
	if out, err := exec.Command("go", append(args, pkg)...).CombinedOutput(); err != nil {
		tb.Fatalf("build %s: %v\n%s", pkg, err, out)
	}
	binaries.path[pkg] = path
	return path
}

// child is a program of ours as a process of its own.
type child struct {
	*exec.Cmd
	url     string
	started time.Duration // from start to ready
	profile string        // where its profiles are
}

// start runs a program that listens on addr until it is ready, and ends it with
// the test.
func start(tb testing.TB, pkg, addr string, env ...string) *child {
	tb.Helper()
	c := &child{Cmd: exec.Command(build(tb, pkg)), url: "http://" + addr}
	c.Env = append([]string{"LISTEN_ADDR=" + addr, "RATE_LIMIT=0"}, env...)
	if *profiles != "" {
		c.profile = freeAddr(tb)
		c.Env = append(c.Env, "PROFILE_ADDR="+c.profile)
	}
	// A pipe that is read to its end, as a container's log is.
	output := &head{}
	c.Stdout, c.Stderr = output, output
	begin := time.Now()
	if err := c.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	for {
		if resp, err := http.Get(c.url + "/readyz"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				break
			}
		}
		if time.Since(begin) > 10*time.Second {
			tb.Fatalf("%s is not ready after 10 s:\n%s", pkg, output)
		}
		time.Sleep(2 * time.Millisecond)
	}
	c.started = time.Since(begin)
	return c
}

// cpu returns the CPU time the process has used, user and system.
func (c *child) cpu(tb testing.TB) time.Duration {
	tb.Helper()
	return cpuTime(tb, c.Process.Pid)
}

// memory returns what the process has in memory, in bytes.
func (c *child) memory(tb testing.TB) int {
	tb.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.Process.Pid))
	if err != nil {
		tb.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	number, _, _ := strings.Cut(rest, "kB")
	kib, err := strconv.Atoi(strings.TrimSpace(number))
	if err != nil {
		tb.Fatal(err)
	}
	return kib << 10
}

// head keeps the first of what a program prints, which says why it failed.
type head struct {
	mu   sync.Mutex
	kept bytes.Buffer
}

func (h *head) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.kept.Len() < 64<<10 {
		h.kept.Write(p)
	}
	return len(p), nil
}

func (h *head) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.kept.String()
}

func freeAddr(tb testing.TB) string {
	tb.Helper()
	return "127.0.0.1:" + storetest.FreePort(tb)
}

// commands returns how many commands a Redis has processed.
func commands(tb testing.TB, addr string) int {
	tb.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close()
	_, _ = fmt.Fprint(conn, "INFO stats\r\nQUIT\r\n")
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		if count, ok := strings.CutPrefix(lines.Text(), "total_commands_processed:"); ok {
			n, err := strconv.Atoi(count)
			if err != nil {
				tb.Fatal(err)
			}
			return n
		}
	}
	tb.Fatal("INFO does not say how many commands there were")
	return 0
}
