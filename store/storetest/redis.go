package storetest

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// RedisServer is a real redis-server. Stop, Kill, Restart, Pause and Resume do
// to it what their names say; writes survive Stop and Kill.
type RedisServer struct {
	server
	// Addr is its host:port; it stays the same over a restart.
	Addr string
	// URL is what REDIS_URL would hold, with the password when args set one.
	URL string
}

// Redis starts a redis-server for the test. args are passed on, for example
// "--requirepass", "secret"; they win over the settings made here.
func Redis(t testing.TB, args ...string) *RedisServer {
	t.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		missing(t, "redis-server", "redis-server")
	}
	r := &RedisServer{}
	dir := t.TempDir()
	// Somebody may take the free port first, so a failed start is tried again.
	for attempt := 1; ; attempt++ {
		r.setUp(t, program, dir, args)
		if err = r.start(); err == nil {
			break
		}
		r.Kill()
		if attempt == 3 {
			t.Fatalf("start redis-server: %v\n%s", err, r.output)
		}
	}
	t.Cleanup(r.Kill)
	return r
}

func (r *RedisServer) setUp(t testing.TB, program, dir string, args []string) {
	port := FreePort(t)
	r.Addr = net.JoinHostPort("127.0.0.1", port)
	target := url.URL{Scheme: "redis", Host: r.Addr, Path: "/0"}
	for i, arg := range args {
		if arg == "--requirepass" && i+1 < len(args) {
			target.User = url.UserPassword("", args[i+1])
		}
	}
	r.URL = target.String()
	r.server = server{
		t:          t,
		stopSignal: syscall.SIGTERM,
		alive:      func() error { return pingRedis(r.Addr) },
		command: func() *exec.Cmd {
			// Every write is on disk before it is answered, so that a test of a
			// restart sees what a careful operator's Redis would keep.
			own := []string{"--bind", "127.0.0.1", "--port", port, "--dir", dir,
				"--save", "", "--appendonly", "yes", "--appendfsync", "always"}
			return exec.Command(program, append(own, args...)...)
		},
	}
}

// pingRedis speaks the inline protocol, which needs no client library. A
// server that asks for a password is alive; one that still loads is not.
func pingRedis(addr string) error {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return err
	}
	if _, err := fmt.Fprint(conn, "PING\r\n"); err != nil {
		return err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return err
	}
	if strings.HasPrefix(line, "+PONG") || strings.HasPrefix(line, "-NOAUTH") {
		return nil
	}
	return errors.New("redis answers " + strings.TrimSpace(line))
}
