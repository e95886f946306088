package handlers

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"vitrine/store"
)

// readyTimeout bounds each check.
const readyTimeout = 1500 * time.Millisecond

func (h *Handlers) healthz(c *gin.Context) {
	noStore(c)
	c.String(http.StatusOK, "ok\n")
}

// readiness is one answer of /readyz.
type readiness struct {
	status int
	checks map[string]any
}

// readyz names what the process waits for. The words are for anyone; the cause
// stands in the log. All requests of a second have one answer, so that strangers
// cannot make us ask more often.
func (h *Handlers) readyz(c *gin.Context) {
	noStore(c)
	answer := h.readiness.get(func() readiness { return h.checkReadiness(context.WithoutCancel(c.Request.Context())) })
	c.JSON(answer.status, answer.checks)
}

func (h *Handlers) checkReadiness(ctx context.Context) readiness {
	checks := map[string]func(context.Context) error{
		"redis":    h.Sessions.Ping,
		"database": h.DB.CheckSchema,
		"tenant":   h.Qlik.Ping,
	}
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	var mu sync.Mutex
	var wg sync.WaitGroup
	answer, status := map[string]any{}, http.StatusOK
	for name, check := range checks {
		wg.Go(func() {
			err := check(ctx)
			mu.Lock()
			defer mu.Unlock()
			answer[name] = checkWords(err)
			if err != nil {
				status = http.StatusServiceUnavailable
				h.Logger.WarnContext(ctx, "not ready: "+name, "error", err.Error())
			}
		})
	}
	wg.Wait()
	answer["ready"] = status == http.StatusOK
	if h.Warnings != nil {
		if warnings := h.Warnings(); len(warnings) > 0 {
			answer["warnings"] = warnings
		}
	}
	return readiness{status, answer}
}

// checkWords says what is wrong without addresses or names of machines.
func checkWords(err error) string {
	var network net.Error
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, store.ErrSchemaOld):
		return "schema is old; run `vitrine migrate`"
	case errors.Is(err, store.ErrSchemaNew):
		return "schema is newer than this program"
	case errors.Is(err, store.ErrPassword):
		return "refuses the user or the password of DATABASE_URL"
	case errors.Is(err, context.DeadlineExceeded) || errors.As(err, &network) && network.Timeout():
		return "does not answer in time"
	}
	return "cannot be reached"
}
