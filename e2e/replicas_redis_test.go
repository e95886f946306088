package e2e

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"vitrine/store/storetest"
)

// askRedis sends one command on a connection of its own and returns the answer:
// string, int64, nil or []any. No client library: Redis's own protocol, so that
// the test sees what stands there.
func askRedis(addr string, args ...string) (any, error) {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	var command strings.Builder
	fmt.Fprintf(&command, "*%d\r\n", len(args))
	for _, arg := range args {
		fmt.Fprintf(&command, "$%d\r\n%s\r\n", len(arg), arg)
	}
	if _, err := io.WriteString(conn, command.String()); err != nil {
		return nil, err
	}
	return readRedis(bufio.NewReader(conn))
}

func readRedis(r *bufio.Reader) (any, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	kind, rest := line[0], strings.TrimRight(line[1:], "\r\n")
	if kind == '+' {
		return rest, nil
	}
	if kind == '-' {
		return nil, errors.New(rest)
	}
	n, err := strconv.ParseInt(rest, 10, 64)
	if err != nil || kind == ':' {
		return n, err
	}
	if n < 0 {
		return nil, nil
	}
	if kind == '$' {
		data := make([]byte, n+2)
		_, err := io.ReadFull(r, data)
		return string(data[:n]), err
	}
	list := make([]any, n)
	for i := range list {
		if list[i], err = readRedis(r); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// mustAskRedis is askRedis for what has to work.
func mustAskRedis(t *testing.T, addr string, args ...string) any {
	t.Helper()
	answer, err := askRedis(addr, args...)
	if err != nil {
		t.Fatalf("redis %s: %v", args[0], err)
	}
	return answer
}

// redisKeys lists all keys.
func redisKeys(t *testing.T, addr string) (keys []string) {
	t.Helper()
	for cursor := "0"; ; {
		answer := mustAskRedis(t, addr, "SCAN", cursor, "COUNT", "1000").([]any)
		for _, key := range answer[1].([]any) {
			keys = append(keys, key.(string))
		}
		if cursor = answer[0].(string); cursor == "0" {
			slices.Sort(keys)
			return slices.Compact(keys)
		}
	}
}

const (
	sentinelMaster = "vitrine-master"
	sentinelQuorum = "2"
)

// sentinels is a Redis with two replicas, watched by three sentinels: all of
// them real processes.
type sentinels struct {
	t       *testing.T
	servers []*storetest.RedisServer
	addrs   []string // of the sentinels
	url     string   // what REDIS_URL holds
}

func startSentinels(t *testing.T) *sentinels {
	t.Helper()
	s := &sentinels{t: t, servers: []*storetest.RedisServer{storetest.Redis(t)}}
	host, port, _ := net.SplitHostPort(s.servers[0].Addr)
	for range 2 {
		s.servers = append(s.servers, storetest.Redis(t, "--replicaof", host, port, "--repl-diskless-sync-delay", "0"))
	}
	for range 3 {
		s.addrs = append(s.addrs, s.startSentinel(host, port))
	}
	s.url = "redis-sentinel://" + strings.Join(s.addrs, ",") + "/" + sentinelMaster + "/0"
	s.await("three sentinels that know of two replicas", func() bool {
		for _, addr := range s.addrs {
			know := sentinelFields(addr)
			if know["num-slaves"] != "2" || know["num-other-sentinels"] != "2" || know["flags"] != "master" {
				return false
			}
		}
		return true
	})
	return s
}

func (s *sentinels) startSentinel(masterHost, masterPort string) (addr string) {
	s.t.Helper()
	port, dir := storetest.FreePort(s.t), s.t.TempDir()
	conf := filepath.Join(dir, "sentinel.conf")
	settings := fmt.Sprintf("port %s\nbind 127.0.0.1\ndir %s\nsentinel monitor %s %s %s %s\n"+
		"sentinel down-after-milliseconds %[3]s 1000\nsentinel failover-timeout %[3]s 4000\nsentinel parallel-syncs %[3]s 1\n",
		port, dir, sentinelMaster, masterHost, masterPort, sentinelQuorum)
	if err := os.WriteFile(conf, []byte(settings), 0o600); err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command("redis-server", conf, "--sentinel")
	if err := cmd.Start(); err != nil {
		s.t.Fatalf("start a sentinel: %v", err)
	}
	s.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return "127.0.0.1:" + port
}

// master returns the server that the sentinels take for the master.
func (s *sentinels) master() *storetest.RedisServer {
	answer, err := askRedis(s.addrs[0], "SENTINEL", "GET-MASTER-ADDR-BY-NAME", sentinelMaster)
	pair, ok := answer.([]any)
	if err != nil || !ok || len(pair) != 2 {
		return nil
	}
	addr := net.JoinHostPort(pair[0].(string), pair[1].(string))
	for _, server := range s.servers {
		if server.Addr == addr {
			return server
		}
	}
	return nil
}

// awaitSwitch waits until another server than old is the master and says so
// itself.
func (s *sentinels) awaitSwitch(old *storetest.RedisServer) {
	s.t.Helper()
	s.await("a switch of masters", func() bool {
		now := s.master()
		if now == nil || now == old {
			return false
		}
		role, err := askRedis(now.Addr, "ROLE")
		list, ok := role.([]any)
		return err == nil && ok && list[0] == "master"
	})
}

func (s *sentinels) await(what string, happened func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !happened(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("never seen: %s; sentinel knows %v", what, sentinelFields(s.addrs[0]))
		}
	}
}

// sentinelFields is what a sentinel knows of the master.
func sentinelFields(addr string) map[string]string {
	answer, _ := askRedis(addr, "SENTINEL", "MASTER", sentinelMaster)
	list, _ := answer.([]any)
	fields := map[string]string{}
	for i := 0; i+1 < len(list); i += 2 {
		fields[fmt.Sprint(list[i])] = fmt.Sprint(list[i+1])
	}
	return fields
}
