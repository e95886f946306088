package demo

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// auditEvent is one thing that happened, in the form of GET /api/v1/audits.
// Nothing secret goes into its data.
type auditEvent struct {
	ID          string          `json:"id"`
	EventID     string          `json:"eventId"`
	EventType   string          `json:"eventType"`
	EventTime   string          `json:"eventTime"`
	Source      string          `json:"source"`
	UserID      string          `json:"userId"`
	TenantID    string          `json:"tenantId"`
	ContentType string          `json:"contentType"`
	Data        map[string]any  `json:"data"`
	Extensions  map[string]any  `json:"extensions"`
	Links       map[string]link `json:"links"`
}

// maxAudits bounds the log: the tenant may run for weeks.
const maxAudits = 2000

type auditLog struct {
	mu     sync.Mutex
	events []auditEvent // oldest first
}

// audit takes an event down.
func (t *Tenant) audit(eventType string, who *person, data map[string]any) {
	if data == nil {
		data = map[string]any{}
	}
	id := randomHex(12)
	service, _, _ := strings.Cut(strings.TrimPrefix(eventType, "com.qlik."), ".")
	e := auditEvent{
		ID: id, EventID: randomHex(16), EventType: eventType, EventTime: wireTime(t.now()), Source: "com.qlik/" + service,
		UserID: who.ID, TenantID: t.content.tenantID, ContentType: "application/json", Data: data,
		Extensions: map[string]any{"actor": map[string]string{"sub": who.ID, "subType": "user"}},
		Links:      map[string]link{"self": {t.url + "/api/v1/audits/" + id}},
	}
	t.audits.mu.Lock()
	defer t.audits.mu.Unlock()
	t.audits.events = append(t.audits.events, e)
	if over := len(t.audits.events) - maxAudits; over > 0 {
		t.audits.events = slices.Delete(t.audits.events, 0, over)
	}
}

func (l *auditLog) all() []auditEvent {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.events)
}

// auditList answers GET /api/v1/audits, the latest first.
func (t *Tenant) auditList(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	q := r.URL.Query()
	from, to, no := eventTimes(q.Get("eventTime"))
	if no != nil {
		return no
	}
	list := slices.DeleteFunc(t.audits.all(), func(e auditEvent) bool {
		at, _ := time.Parse(time.RFC3339, e.EventTime) // our own writing
		return at.Before(from) || !to.IsZero() && at.After(to) ||
			!wanted(q.Get("eventType"), e.EventType) || !wanted(q.Get("userId"), e.UserID) ||
			!wanted(q.Get("source"), e.Source) || !wanted(q.Get("id"), e.ID)
	})
	slices.Reverse(list)
	if no := sorted(list, q.Get("sort"), map[string]func(a, b auditEvent) int{
		"eventTime": func(a, b auditEvent) int { return cmp.Compare(a.EventTime, b.EventTime) },
		"eventType": func(a, b auditEvent) int { return cmp.Compare(a.EventType, b.EventType) },
		"userId":    func(a, b auditEvent) int { return cmp.Compare(a.UserID, b.UserID) },
	}); no != nil {
		return no
	}
	page, links, no := pageOf(t, r, list, 10)
	if no != nil {
		return no
	}
	writeJSON(w, http.StatusOK, map[string]any{"data": page, "links": links})
	return nil
}

func wanted(filter, value string) bool { return filter == "" || filter == value }

// eventTimes parses "from/to".
func eventTimes(text string) (from, to time.Time, no *apiError) {
	if text == "" {
		return from, to, nil
	}
	first, second, _ := strings.Cut(text, "/")
	from, err1 := time.Parse(time.RFC3339, first)
	to, err2 := time.Parse(time.RFC3339, second)
	if err1 != nil || err2 != nil || to.Before(from) {
		bad := badRequest("eventTime must be two times with a slash between them")
		return from, to, &bad
	}
	return from, to, nil
}

// auditEntry answers GET /api/v1/audits/{id}.
func (t *Tenant) auditEntry(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	list := t.audits.all()
	i := slices.IndexFunc(list, func(e auditEvent) bool { return e.ID == r.PathValue("id") })
	if i < 0 {
		return &errNotFound
	}
	writeJSON(w, http.StatusOK, list[i])
	return nil
}
