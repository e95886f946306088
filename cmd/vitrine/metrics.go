package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"vitrine/auth"
	"vitrine/proxy"
	"vitrine/store"
)

// newMetrics returns a registry with what the runtime says of the process, and
// the function that counts what the relying party does.
func newMetrics() (*prometheus.Registry, func(what, outcome string)) {
	registry := prometheus.NewRegistry()
	counters := map[string]*prometheus.CounterVec{
		"refresh": prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vitrine_refreshes_total", Help: "Refreshes of tokens by outcome.",
		}, []string{"outcome"}),
		"revocation": prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vitrine_revocations_total", Help: "Revocations tried at the tenant by outcome.",
		}, []string{"outcome"}),
	}
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, counter := range counters {
		registry.MustRegister(counter)
	}
	return registry, func(what, outcome string) { counters[what].WithLabelValues(outcome).Inc() }
}

// listenForMetrics takes the address of /metrics alone; nil without one.
func listenForMetrics(address string) (net.Listener, error) {
	if address == "" {
		return nil, nil //nolint:nilnil // no listener is a good answer
	}
	return listen("METRICS_ADDR", address)
}

// serveMetrics serves /metrics and nothing else, until stop is called.
func serveMetrics(listener net.Listener, registry *prometheus.Registry) (stop func()) {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)}
	go func() { _ = server.Serve(listener) }()
	return func() { _ = server.Close() }
}

// gauges add what is read at the time somebody asks.
func gauges(registry *prometheus.Registry, rp *auth.RelyingParty, relay *proxy.Proxy, sessions *store.Sessions) (keyUse *prometheus.GaugeVec) {
	add := func(name, help string, value func() float64) {
		registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
	}
	add("vitrine_sockets", "Open WebSockets.", func() float64 { return float64(relay.Sockets.Len()) })
	add("vitrine_tenant_clock_seconds", "How far the tenant's clock is ahead of ours.", func() float64 {
		return rp.ClockDifference().Seconds()
	})
	add("vitrine_revocations_waiting", "Revocations the tenant has not heard yet; -1 when Redis is away.", func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		n, err := sessions.OutboxLen(ctx)
		if err != nil {
			return -1
		}
		return float64(n)
	})
	keyUse = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "vitrine_key_sessions", Help: "Sessions sealed with each session key, by the key's ID; counted every five minutes.",
	}, []string{"key"})
	registry.MustRegister(keyUse)
	return keyUse
}
