package demo

import (
	"cmp"
	"slices"
	"time"
)

// content is what is in the tenant. It is fixed when the tenant starts, so it
// needs no lock; what people change (favorites, recent use) lives elsewhere.
type content struct {
	tenantID string
	created  time.Time
	people   []*person
	spaces   []*space
	apps     []*app
}

// space holds apps. The personal space of a person has no record.
type space struct {
	id, name, kind, description, template string
	owner                                 *person
	created, updated                      time.Time
}

// app is an app and its item in the catalogue, which has an ID of its own.
type app struct {
	id, itemID                             string
	name, description                      string
	subType                                string // "dataflow-prep" for what is not a dashboard
	space                                  *space // nil: personal, only its owner sees it
	owner                                  *person
	template                               string
	thumbnail                              bool
	created, modified, reloaded, published time.Time
}

// newContent dates everything back from now, so that "two hours ago" is true
// whenever somebody looks.
func newContent(now time.Time) *content {
	now = now.UTC().Truncate(time.Second)
	c := &content{
		tenantID: "kT9xB3vQ7mZpR2wL5nYc8dHfJ4sG6aEu",
		created:  now.AddDate(-2, -3, -11),
		people:   newPeople(),
	}
	viewer, analyst, admin, colleague := c.people[0], c.people[1], c.people[2], c.people[3]
	for i, s := range spaceRows {
		c.spaces = append(c.spaces, &space{
			id: StableID("space", s.name), name: s.name, kind: s.kind, description: s.description, template: s.template,
			owner:   []*person{admin, analyst, admin, colleague}[i],
			created: c.created.Add(time.Duration(i) * 26 * time.Hour), updated: now.AddDate(0, -i, -3),
		})
	}
	for _, s := range c.spaces {
		for _, row := range appRows[s.name] {
			c.addApp(now, row, s, []*person{admin, analyst, colleague}[HashOf(row.name)[1]%3])
		}
	}
	for _, row := range personalRows {
		c.addApp(now, row, nil, map[string]*person{RoleViewer: viewer, RoleAnalyst: analyst, RoleAdmin: admin, "": colleague}[row.owner])
	}
	return c
}

func (c *content) addApp(now time.Time, row appRow, s *space, owner *person) {
	h := HashOf(row.name)
	a := &app{
		id: stableUUID(row.name), itemID: StableID("item", row.name), name: row.name, description: row.description,
		subType: row.subType, space: s, owner: owner, template: row.template,
		// Some apps have no picture, as in every real tenant.
		thumbnail: h[2]%5 != 0 && row.subType == "",
	}
	a.created = c.created.Add(time.Duration(int(h[3])*40+int(h[4])) * time.Hour).Truncate(time.Second)
	a.modified = now.Add(-time.Duration(int(h[5])*5+int(h[6])/16) * time.Hour).Add(-time.Duration(h[7]) * 13 * time.Second)
	a.reloaded = now.Add(-time.Duration(int(h[8])%72) * time.Hour).Add(-time.Duration(h[9]) * 11 * time.Second)
	if s != nil {
		a.template = cmp.Or(a.template, s.template)
		if s.kind == "managed" {
			a.published = a.modified.Add(-36 * time.Hour)
		}
	}
	a.template = cmp.Or(a.template, "sales")
	c.apps = append(c.apps, a)
}

// canSee is the one rule of visibility: members see a space's apps, and only
// the owner sees a personal app, whatever role anybody has.
func (p *person) canSee(a *app) bool {
	if a.space == nil {
		return a.owner == p
	}
	return p.canSeeSpace(a.space)
}

func (p *person) canSeeSpace(s *space) bool { return slices.Contains(p.spaces, s.name) }

func (c *content) appByID(p *person, id string) *app {
	for _, a := range c.apps {
		if a.id == id && p.canSee(a) {
			return a
		}
	}
	return nil
}

func (c *content) appByItemID(p *person, itemID string) *app {
	for _, a := range c.apps {
		if a.itemID == itemID && p.canSee(a) {
			return a
		}
	}
	return nil
}

func (c *content) spaceByID(p *person, id string) *space {
	for _, s := range c.spaces {
		if s.id == id && p.canSeeSpace(s) {
			return s
		}
	}
	return nil
}

func (a *app) spaceID() string {
	if a.space == nil {
		return ""
	}
	return a.space.id
}

func (a *app) updated() time.Time {
	if a.reloaded.After(a.modified) {
		return a.reloaded
	}
	return a.modified
}

func (a *app) spaceKind() string {
	if a.space == nil {
		return "personal"
	}
	return a.space.kind
}
