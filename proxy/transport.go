package proxy

import (
	"crypto/tls"
	"net"
	"net/http"
	"syscall"
	"time"

	"vitrine/proxy/tcp"
)

// NewTransport returns a transport that keeps enough idle connections to one
// tenant: the library's default of two redials all the time.
func NewTransport() *http.Transport {
	dialer := &net.Dialer{
		Timeout: 10 * time.Second,
		// A tenant that vanished without a word is noticed within a minute.
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second, Interval: 10 * time.Second, Count: 3},
		Control: func(_, _ string, conn syscall.RawConn) error {
			tcp.SetTimeout(conn, unanswered)
			return nil
		},
	}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           512,
		MaxIdleConnsPerHost:    256,
		IdleConnTimeout:        90 * time.Second,
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  2 * time.Minute, // a large export takes its time
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: 256 << 10,
		// Each socket is a connection of its own: resumed, it needs no certificate
		// to be looked at, and holds less.
		TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, ClientSessionCache: tls.NewLRUClientSessionCache(16)},
		HTTP2: &http.HTTP2Config{
			SendPingTimeout: 30 * time.Second, PingTimeout: 15 * time.Second,
			MaxReceiveBufferPerStream: 1 << 20, // a slow browser holds back the tenant, not our memory
		},
	}
}

// unanswered is how long data may stay unacknowledged before a connection to
// the tenant is given up: TCP by itself tries for a quarter of an hour, and
// does not send keep-alives meanwhile.
const unanswered = time.Minute
