package demo

import (
	"log/slog"
	"net/http"
	"time"

	"vitrine/demo/engine"
)

// qix is the engine as the tenant uses it: the only file that knows package
// engine.
type qix struct {
	engine  *engine.Engine
	content *content
}

func newQIX(c *content, now func() time.Time, log *slog.Logger) *qix {
	apps := make([]engine.App, 0, len(c.apps))
	for _, a := range c.apps {
		theme := "horizon"
		if a.space == nil {
			theme = "" // nobody has chosen one for what is only theirs
		}
		apps = append(apps, engine.App{
			ID: a.id, Name: a.name, Description: a.description, OwnerID: a.owner.ID, SpaceID: a.spaceID(),
			Theme: theme, Template: a.template, LastReload: a.reloaded, Modified: a.modified, Published: a.published,
		})
	}
	return &qix{engine.New(engine.Options{Apps: apps, Now: now, Logger: log}), c}
}

// serve accepts the WebSocket. Who opens it and from where is checked already.
// The connection is the name by which closeConnection finds it.
func (q *qix) serve(w http.ResponseWriter, r *http.Request, who *person, connection, appID, identity string, ttl time.Duration) {
	canSee := func(id string) bool { return q.content.appByID(who, id) != nil }
	q.engine.ServeApp(w, r, engine.Viewer{ID: who.ID, Name: who.Name, Connection: connection, CanSee: canSee}, appID, identity, ttl)
}

func (q *qix) closeSockets(match func(personID, appID string) bool, code int, reason string) int {
	return q.engine.CloseSockets(match, code, reason)
}

func (q *qix) closeConnection(connection string, code int, reason string) bool {
	return q.engine.CloseConnection(connection, code, reason)
}

func (q *qix) close() { q.engine.Close() }
