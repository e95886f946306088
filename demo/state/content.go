package state

import (
	"cmp"
	"slices"
	"time"
)

// Content is what is in the tenant. It is fixed when the tenant starts, so it
// needs no lock; what people change (favorites, recent use) lives elsewhere.
type Content struct {
	TenantID string
	Created  time.Time
	Users    []*User
	Spaces   []*Space
	Apps     []*App
}

// Space holds apps. The personal space of a person has no record.
type Space struct {
	ID, Name, Kind, Description, template string
	Owner                                 *User
	Created, Updated                      time.Time
}

// App is an app and its item in the catalogue, which has an ID of its own.
type App struct {
	ID, ItemID                             string
	Name, Description                      string
	SubType                                string // "dataflow-prep" for what is not a dashboard
	Space                                  *Space // nil: personal, only its owner sees it
	Owner                                  *User
	Template                               string
	Thumbnail                              bool
	Created, Modified, Reloaded, Published time.Time
}

// newContent dates everything back from now, so that "two hours ago" is
// always true.
func newContent(now time.Time) *Content {
	now = now.UTC().Truncate(time.Second)
	c := &Content{
		TenantID: "kT9xB3vQ7mZpR2wL5nYc8dHfJ4sG6aEu",
		Created:  now.AddDate(-2, -3, -11),
		Users:    newPeople(),
	}
	viewer, analyst, admin, colleague := c.Users[0], c.Users[1], c.Users[2], c.Users[3]
	for i, s := range spaceRows {
		c.Spaces = append(c.Spaces, &Space{
			ID: StableID("space", s.name), Name: s.name, Kind: s.kind, Description: s.description, template: s.template,
			Owner:   []*User{admin, analyst, admin, colleague}[i],
			Created: c.Created.Add(time.Duration(i) * 26 * time.Hour), Updated: now.AddDate(0, -i, -3),
		})
	}
	for _, s := range c.Spaces {
		for _, row := range appRows[s.Name] {
			c.addApp(now, row, s, []*User{admin, analyst, colleague}[HashOf(row.name)[1]%3])
		}
	}
	for _, row := range personalRows {
		c.addApp(now, row, nil, map[string]*User{RoleViewer: viewer, RoleAnalyst: analyst, RoleAdmin: admin, "": colleague}[row.owner])
	}
	return c
}

func (c *Content) addApp(now time.Time, row appRow, s *Space, owner *User) {
	h := HashOf(row.name)
	a := &App{
		ID: stableUUID(row.name), ItemID: StableID("item", row.name), Name: row.name, Description: row.description,
		SubType: row.subType, Space: s, Owner: owner, Template: row.template,
		// Some apps have no picture, as in every real tenant.
		Thumbnail: h[2]%5 != 0 && row.subType == "",
	}
	a.Created = c.Created.Add(time.Duration(int(h[3])*40+int(h[4])) * time.Hour).Truncate(time.Second)
	a.Modified = now.Add(-time.Duration(int(h[5])*5+int(h[6])/16) * time.Hour).Add(-time.Duration(h[7]) * 13 * time.Second)
	a.Reloaded = now.Add(-time.Duration(int(h[8])%72) * time.Hour).Add(-time.Duration(h[9]) * 11 * time.Second)
	if s != nil {
		a.Template = cmp.Or(a.Template, s.template)
		if s.Kind == "managed" {
			a.Published = a.Modified.Add(-36 * time.Hour)
		}
	}
	a.Template = cmp.Or(a.Template, "sales")
	c.Apps = append(c.Apps, a)
}

// CanSee is the one rule of visibility: members see a space's apps, and only
// the owner sees a personal app, whatever role anybody has.
func (p *User) CanSee(a *App) bool {
	if a.Space == nil {
		return a.Owner == p
	}
	return p.CanSeeSpace(a.Space)
}

// CanSeeSpace reports whether the user is a member of the space.
func (p *User) CanSeeSpace(s *Space) bool { return slices.Contains(p.spaces, s.Name) }

// AppByID returns an app that the user may see, or nil.
func (c *Content) AppByID(p *User, id string) *App {
	for _, a := range c.Apps {
		if a.ID == id && p.CanSee(a) {
			return a
		}
	}
	return nil
}

// AppByItemID returns the app of an item that the user may see, or nil.
func (c *Content) AppByItemID(p *User, itemID string) *App {
	for _, a := range c.Apps {
		if a.ItemID == itemID && p.CanSee(a) {
			return a
		}
	}
	return nil
}

// SpaceByID returns a space that the user may see, or nil.
func (c *Content) SpaceByID(p *User, id string) *Space {
	for _, s := range c.Spaces {
		if s.ID == id && p.CanSeeSpace(s) {
			return s
		}
	}
	return nil
}

// SpaceID is "" for a personal app.
func (a *App) SpaceID() string {
	if a.Space == nil {
		return ""
	}
	return a.Space.ID
}

// Updated is the later of the last change and the last reload.
func (a *App) Updated() time.Time {
	if a.Reloaded.After(a.Modified) {
		return a.Reloaded
	}
	return a.Modified
}

// SpaceKind is "personal" for an app outside of spaces.
func (a *App) SpaceKind() string {
	if a.Space == nil {
		return "personal"
	}
	return a.Space.Kind
}
