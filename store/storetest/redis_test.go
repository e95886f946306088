package storetest

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

func TestRedisKeepsWritesOverRestartAndKill(t *testing.T) {
	r := Redis(t)
	if got := redisCommand(t, r.Addr, "SET k v"); got != "+OK" {
		t.Fatalf("SET answers %q", got)
	}
	r.Restart()
	if got := redisCommand(t, r.Addr, "EXISTS k"); got != ":1" {
		t.Errorf("after a restart EXISTS answers %q", got)
	}
	r.Kill()
	if _, err := net.Dial("tcp", r.Addr); err == nil {
		t.Error("a killed server still accepts connections")
	}
	r.Restart()
	if got := redisCommand(t, r.Addr, "EXISTS k"); got != ":1" {
		t.Errorf("after a kill EXISTS answers %q", got)
	}
}

func TestRedisPauseHoldsAnswersUntilResume(t *testing.T) {
	r := Redis(t)
	r.Pause()
	conn, err := net.Dial("tcp", r.Addr)
	if err != nil {
		t.Fatalf("a paused server must still accept connections: %v", err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "PING\r\n")
	conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if _, err := conn.Read(make([]byte, 16)); err == nil {
		t.Error("a paused server answered")
	}
	r.Resume()
	if got := redisCommand(t, r.Addr, "PING"); got != "+PONG" {
		t.Errorf("after Resume PING answers %q", got)
	}
}

func TestRedisURLCarriesThePassword(t *testing.T) {
	r := Redis(t, "--requirepass", "a b/c")
	if want := "redis://:a%20b%2Fc@" + r.Addr + "/0"; r.URL != want {
		t.Errorf("URL is %q, want %q", r.URL, want)
	}
	if got := redisCommand(t, r.Addr, "PING"); !strings.HasPrefix(got, "-NOAUTH") {
		t.Errorf("without the password PING answers %q", got)
	}
}

func redisCommand(t *testing.T, addr, command string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, command+"\r\n")
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}
