package storetest

import (
	"context"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// RedisCluster is a real Redis Cluster on loopback ports.
type RedisCluster struct {
	// Servers are its masters, and then their replicas. A failover changes which
	// is which.
	Servers []*RedisServer
	// URL is what REDIS_URL would hold.
	URL string
}

const (
	clusterMasters = 3 // the fewest that can agree on a failover
	clusterSlots   = 16384
)

// Cluster starts a Redis Cluster of three masters, each with so many replicas,
// and waits until all of it serves. args are passed on to each server.
func Cluster(t testing.TB, replicas int, args ...string) *RedisCluster {
	t.Helper()
	if _, err := exec.LookPath("redis-cli"); err != nil {
		missing(t, "redis-cli", "redis-tools")
	}
	c := &RedisCluster{}
	var addrs, buses []string
	for range clusterMasters * (1 + replicas) {
		bus := FreePort(t)
		// Servers tell one another of changes every half of that timeout.
		own := []string{"--cluster-enabled", "yes", "--cluster-port", bus, "--cluster-node-timeout", "4000", "--repl-diskless-sync-delay", "0"}
		s := Redis(t, append(own, args...)...)
		c.Servers, addrs, buses = append(c.Servers, s), append(addrs, s.Addr), append(buses, bus)
	}
	c.URL = "redis-cluster://" + strings.Join(addrs, ",")
	for i, s := range c.Servers {
		// Epochs that differ from the beginning need not be agreed upon.
		s.cli(t, "CLUSTER", "SET-CONFIG-EPOCH", strconv.Itoa(i+1))
		if i < clusterMasters {
			from, to := i*clusterSlots/clusterMasters, (i+1)*clusterSlots/clusterMasters-1
			s.cli(t, "CLUSTER", "ADDSLOTSRANGE", strconv.Itoa(from), strconv.Itoa(to))
		}
		for j, addr := range addrs[:i] {
			host, port, _ := net.SplitHostPort(addr)
			s.cli(t, "CLUSTER", "MEET", host, port, buses[j])
		}
	}
	c.await(t, "servers that know one another", func(s *RedisServer) bool {
		return strings.Contains(s.cli(t, "CLUSTER", "INFO"), "cluster_known_nodes:"+strconv.Itoa(len(c.Servers)))
	})
	for i, s := range c.Servers[clusterMasters:] {
		s.cli(t, "CLUSTER", "REPLICATE", strings.TrimSpace(c.Servers[i%clusterMasters].cli(t, "CLUSTER", "MYID")))
	}
	c.await(t, "servers that serve, and know all masters and replicas", func(s *RedisServer) bool {
		slots := s.cli(t, "CLUSTER", "SLOTS")
		for _, other := range c.Servers {
			_, port, _ := net.SplitHostPort(other.Addr)
			if !strings.Contains(slots, "\n"+port+"\n") {
				return false
			}
		}
		return strings.Contains(s.cli(t, "CLUSTER", "INFO"), "cluster_state:ok")
	})
	return c
}

// await waits until something holds of every server.
func (c *RedisCluster) await(t testing.TB, what string, holds func(*RedisServer) bool) {
	t.Helper()
	deadline := time.Now().Add(startTimeout)
	for _, s := range c.Servers {
		for ; !holds(s); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("cluster: never seen at %s: %s\n%s", s.Addr, what, s.output)
			}
		}
	}
}

// cli sends one command with redis-cli and returns what that prints.
func (r *RedisServer) cli(t testing.TB, command ...string) string {
	t.Helper()
	host, port, _ := net.SplitHostPort(r.Addr)
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	out, err := exec.CommandContext(ctx, "redis-cli", append([]string{"-h", host, "-p", port}, command...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("redis-cli %s: %v\n%s", strings.Join(command, " "), err, out)
	}
	return string(out)
}
