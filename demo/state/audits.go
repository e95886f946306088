package state

import (
	"slices"
	"strings"
	"sync"
)

// AuditEvent is one thing that happened, in the form of GET /api/v1/audits.
// Nothing secret goes into its data.
type AuditEvent struct {
	ID          string                       `json:"id"`
	EventID     string                       `json:"eventId"`
	EventType   string                       `json:"eventType"`
	EventTime   string                       `json:"eventTime"`
	Source      string                       `json:"source"`
	UserID      string                       `json:"userId"`
	TenantID    string                       `json:"tenantId"`
	ContentType string                       `json:"contentType"`
	Data        map[string]any               `json:"data"`
	Extensions  map[string]any               `json:"extensions"`
	Links       map[string]map[string]string `json:"links"`
}

// maxAudits bounds the log: the tenant may run for weeks.
const maxAudits = 2000

type auditLog struct {
	mu     sync.Mutex
	events []AuditEvent // oldest first
}

// Audit logs an event.
func (st *State) Audit(eventType string, user *User, data map[string]any) {
	if data == nil {
		data = map[string]any{}
	}
	id := RandomHex(12)
	service, _, _ := strings.Cut(strings.TrimPrefix(eventType, "com.qlik."), ".")
	e := AuditEvent{
		ID: id, EventID: RandomHex(16), EventType: eventType, EventTime: Timestamp(st.Now()), Source: "com.qlik/" + service,
		UserID: user.ID, TenantID: st.Content.TenantID, ContentType: "application/json", Data: data,
		Extensions: map[string]any{"actor": map[string]string{"sub": user.ID, "subType": "user"}},
		Links:      map[string]map[string]string{"self": {"href": st.URL + "/api/v1/audits/" + id}},
	}
	st.Audits.mu.Lock()
	defer st.Audits.mu.Unlock()
	st.Audits.events = append(st.Audits.events, e)
	if over := len(st.Audits.events) - maxAudits; over > 0 {
		st.Audits.events = slices.Delete(st.Audits.events, 0, over)
	}
}

// All returns the events, the oldest first.
func (l *auditLog) All() []AuditEvent {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.events)
}
