package store

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// Redis answers in well under a millisecond; whoever waits a second for it
// should rather hear that the store is away.
const (
	redisDialTimeout = 500 * time.Millisecond
	redisIOTimeout   = 800 * time.Millisecond
	// redisPatience bounds a command with all its tries, on this server and
	// the next. A request needs two at most while a token is fresh or Redis is
	// away, and its answer has to come within two seconds.
	redisPatience = 900 * time.Millisecond
)

// OpenRedis connects to the Redis that redisURL names:
//
//	redis://[user:password@]host:port[/db]     one server
//	rediss://…                                 the same over TLS
//	redis-sentinel://[user:password@]host:port,host:port/master[/db]
//	redis-cluster://[user:password@]host:port,host:port
//
// It does not wait for an answer, so that the program starts while Redis is
// away. Errors never contain the password.
func OpenRedis(redisURL string) (redis.UniversalClient, error) {
	// What the client would print is known from our own errors, and is no JSON.
	muteClient.Do(func() { redis.SetLogger(mute{}) })
	client, err := open(redisURL)
	if err != nil {
		return nil, err
	}
	client.AddHook(patience{})
	return client, nil
}

var muteClient sync.Once

type mute struct{}

func (mute) Printf(context.Context, string, ...any) {}

func open(redisURL string) (redis.UniversalClient, error) {
	scheme, rest, _ := strings.Cut(redisURL, "://")
	switch scheme {
	case "redis", "rediss":
		return openSingle(redisURL)
	case "redis-sentinel", "redis-cluster":
		options, err := manyOptions(scheme, rest)
		if err != nil {
			return nil, err
		}
		if scheme == "redis-cluster" {
			cluster := options.Cluster()
			// How long a failover is not followed at most: the client looks no
			// sooner for the new master of one that does not answer.
			cluster.ClusterStateReloadInterval = time.Second
			return redis.NewClusterClient(cluster), nil
		}
		return redis.NewFailoverClient(options.Failover()), nil
	}
	return nil, errors.New("must begin with redis://, rediss://, redis-sentinel:// or redis-cluster://")
}

func openSingle(redisURL string) (redis.UniversalClient, error) {
	u, err := url.Parse(redisURL)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("is not a URL of the form redis://host:port/db")
	}
	db, err := databaseNumber(strings.Trim(u.Path, "/"))
	if err != nil {
		return nil, err
	}
	o := baseOptions(u.User)
	o.Addrs, o.DB = []string{withPort(u.Host)}, db
	if u.Scheme == "rediss" {
		o.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, ServerName: u.Hostname()}
	}
	return redis.NewClient(o.Simple()), nil
}

// manyOptions reads a URL with several hosts, which net/url does not take.
func manyOptions(scheme, rest string) (*redis.UniversalOptions, error) {
	hosts, path, _ := strings.Cut(rest, "/")
	var user *url.Userinfo
	if at := strings.LastIndex(hosts, "@"); at >= 0 {
		u, err := url.Parse("redis://" + hosts[:at] + "@host")
		if err != nil {
			return nil, errors.New("has a user or password that is not URL-encoded")
		}
		user, hosts = u.User, hosts[at+1:]
	}
	o := baseOptions(user)
	for host := range strings.SplitSeq(hosts, ",") {
		if host = strings.TrimSpace(host); host == "" {
			return nil, fmt.Errorf("%s:// names an empty host", scheme)
		}
		o.Addrs = append(o.Addrs, withPort(host))
	}
	if scheme == "redis-cluster" {
		if strings.Trim(path, "/") != "" {
			return nil, errors.New("redis-cluster:// takes no path: a cluster has one database")
		}
		return o, nil
	}
	master, db, _ := strings.Cut(path, "/")
	if master == "" {
		return nil, errors.New("redis-sentinel:// needs the master's name after the hosts: redis-sentinel://host:26379/mymaster/0")
	}
	o.MasterName = master
	number, err := databaseNumber(db)
	o.DB = number
	return o, err
}

func baseOptions(user *url.Userinfo) *redis.UniversalOptions {
	o := &redis.UniversalOptions{
		DialTimeout: redisDialTimeout, ReadTimeout: redisIOTimeout, WriteTimeout: redisIOTimeout,
		PoolTimeout: redisIOTimeout, ContextTimeoutEnabled: true,
		// A server that has just become a replica, or still loads, refuses for a
		// moment; a connection that has died is found out when it is used. All
		// that is tried again for some 300 ms, while patience lasts.
		MaxRetries: 5, MinRetryBackoff: 10 * time.Millisecond, MaxRetryBackoff: 100 * time.Millisecond, DialerRetries: 1,
		MinIdleConns: 2, ConnMaxIdleTime: 5 * time.Minute, DisableIdentity: true,
		// With RESP3 the client looks for pushed messages around each answer. We
		// subscribe on connections of their own and need none.
		Protocol: 2,
	}
	if user != nil {
		o.Username = user.Username()
		o.Password, _ = user.Password()
	}
	return o
}

func databaseNumber(s string) (int, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("database %q is not a number", s)
	}
	return n, nil
}

func withPort(host string) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), "6379")
}

// OpenEmbeddedRedis starts a Redis inside the process, for the demo and for
// tests: what it holds ends with the process.
func OpenEmbeddedRedis() (client redis.UniversalClient, stop func(), err error) {
	server, err := miniredis.Run()
	if err != nil {
		return nil, nil, fmt.Errorf("start embedded redis: %w", err)
	}
	o := baseOptions(nil)
	o.Addrs = []string{server.Addr()}
	clock := time.NewTicker(time.Second)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		// miniredis has no clock of its own: somebody must tell it that time
		// passes, or nothing ever expires.
		for {
			select {
			case <-clock.C:
				server.FastForward(time.Second)
			case <-ctx.Done():
				return
			}
		}
	}()
	client = redis.NewClient(o.Simple())
	return client, func() { cancel(); clock.Stop(); _ = client.Close(); server.Close() }, nil
}
