package demo

import (
	"log/slog"
	"net/http"
	"time"
)

// qix stands where the engine goes.
type qix struct{}

func newQIX(*content, func() time.Time, *slog.Logger) *qix { return &qix{} }

func (q *qix) serve(w http.ResponseWriter, _ *http.Request, _ *person, _, _ string, _ time.Duration) {
	fail(w, apiError{status: http.StatusNotImplemented, code: "HTTP-501", title: "Not implemented"})
}

func (q *qix) closeSockets(func(personID, appID string) bool, int, string) int { return 0 }

func (q *qix) close() {}
