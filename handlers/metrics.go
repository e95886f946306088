package handlers

import (
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are ours. Labels are routes and results, of which there are few,
// never anything a stranger can choose.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	signIns  *prometheus.CounterVec
}

func newMetrics(registry *prometheus.Registry) *metrics {
	if registry == nil {
		registry = prometheus.NewRegistry()
	}
	m := &metrics{
		registry: registry,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vitrine_requests_total", Help: "Requests by route, method and class of status.",
		}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "vitrine_request_seconds", Help: "Time to answer, by route.",
			Buckets: []float64{.001, .003, .01, .03, .1, .3, 1, 3, 10, 30},
		}, []string{"route"}),
		signIns: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vitrine_sign_ins_total", Help: "Finished sign-ins by result.",
		}, []string{"result", "reason"}),
	}
	registry.MustRegister(m.requests, m.seconds, m.signIns)
	return m
}

func (m *metrics) observe(route, method string, status int, took time.Duration) {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
	default:
		method = "other"
	}
	m.requests.WithLabelValues(route, method, statusClass(status)).Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}

func statusClass(status int) string {
	if classes := [...]string{"0xx", "1xx", "2xx", "3xx", "4xx", "5xx"}; status >= 0 && status/100 < len(classes) {
		return classes[status/100]
	}
	return "other"
}

func (m *metrics) handler() gin.HandlerFunc {
	return gin.WrapH(promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
}
