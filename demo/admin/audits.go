package admin

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"vitrine/demo/state"
	"vitrine/demo/wire"
)

// auditList answers GET /api/v1/audits, the latest first.
func (api *API) auditList(w http.ResponseWriter, r *http.Request, _ *state.Caller) error {
	q := r.URL.Query()
	from, to, err := eventTimes(q.Get("eventTime"))
	if err != nil {
		return err
	}
	list := slices.DeleteFunc(api.Audits.All(), func(e state.AuditEvent) bool {
		at, _ := time.Parse(time.RFC3339, e.EventTime) // our own writing
		return at.Before(from) || !to.IsZero() && at.After(to) ||
			!wanted(q.Get("eventType"), e.EventType) || !wanted(q.Get("userId"), e.UserID) ||
			!wanted(q.Get("source"), e.Source) || !wanted(q.Get("id"), e.ID)
	})
	slices.Reverse(list)
	if err := wire.Sort(list, q.Get("sort"), map[string]func(a, b state.AuditEvent) int{
		"eventTime": func(a, b state.AuditEvent) int { return cmp.Compare(a.EventTime, b.EventTime) },
		"eventType": func(a, b state.AuditEvent) int { return cmp.Compare(a.EventType, b.EventType) },
		"userId":    func(a, b state.AuditEvent) int { return cmp.Compare(a.UserID, b.UserID) },
	}); err != nil {
		return err
	}
	return wire.List[state.AuditEvent]{Base: api.URL, Pager: wire.Cursors[state.AuditEvent](10)}.Write(w, r, list)
}

func wanted(filter, value string) bool { return filter == "" || filter == value }

// eventTimes parses "from/to".
func eventTimes(text string) (from, to time.Time, err error) {
	if text == "" {
		return from, to, nil
	}
	first, second, _ := strings.Cut(text, "/")
	from, err1 := time.Parse(time.RFC3339, first)
	to, err2 := time.Parse(time.RFC3339, second)
	if err1 != nil || err2 != nil || to.Before(from) {
		return from, to, wire.BadRequest("eventTime must be two times with a slash between them")
	}
	return from, to, nil
}

// auditEntry answers GET /api/v1/audits/{id}.
func (api *API) auditEntry(w http.ResponseWriter, r *http.Request, _ *state.Caller) error {
	list := api.Audits.All()
	i := slices.IndexFunc(list, func(e state.AuditEvent) bool { return e.ID == r.PathValue("id") })
	if i < 0 {
		return wire.ErrNotFound
	}
	wire.WriteJSON(w, http.StatusOK, list[i])
	return nil
}
