package main

import (
	"log/slog"
	"net/http"
	"time"

	"vitrine/proxy"
)

// bodyTime is how long a request's body may take, unless whoever reads it says
// otherwise, as the relay does for each piece of an upload.
const bodyTime = time.Minute

// newServer returns the server that browsers talk to. It bounds neither a whole
// request nor an answer: uploads, downloads and sockets last.
func newServer(h http.Handler, bodyTime time.Duration, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           boundBodies(h, bodyTime),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ConnContext:       proxy.WithConn,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
	}
}

// boundBodies ends the wait for a body after so long. Before the server answers
// who was refused unread, it reads on in the body, and knows no bound by itself.
// It clears the deadline before it reads the next request.
func boundBodies(next http.Handler, most time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(most))
		}
		next.ServeHTTP(w, r)
	})
}
