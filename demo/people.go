package demo

import (
	"crypto/subtle"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Person is somebody one can sign in as. The passwords are shown on the login
// page: they protect nothing.
type Person struct {
	ID, Name, Email, Password string
	Role                      string // one of the Role constants
	Sees                      string // one sentence on what this person may open
}

// Roles of the people.
const (
	RoleViewer  = "Viewer"
	RoleAnalyst = "Analyst"
	RoleAdmin   = "Tenant admin"
)

// DisabledEmail and its password belong to a colleague who is not on the login
// page: the identity provider knows her, the tenant has disabled her.
const (
	DisabledEmail    = "ines.okafor@brightwater.example"
	DisabledPassword = "former-colleague"
)

// person is a Person with what the REST API tells about them.
type person struct {
	Person
	subject, zone, locale, picture string
	status                         string   // active or disabled
	clientID                       string   // of a bot
	roles                          []string // names in tenantRoles
	groups                         []string
	spaces                         []string // names of the spaces they may see

	joined   time.Time   // of people who were not here from the start
	welcomed atomic.Bool // has been shown around
}

// isTooNew: the rights of a new user take a moment to reach every service.
func (p *person) isTooNew(now time.Time, delay time.Duration) bool {
	return !p.joined.IsZero() && now.Before(p.joined.Add(delay))
}

func (p *person) admin() bool { return slices.Contains(p.roles, "TenantAdmin") }

// newPeople lists everybody in the tenant: three one can be, the others own
// apps or stand for a case.
func newPeople() []*person {
	viewer := &person{
		Person: Person{
			Name: "Vera Lindqvist", Email: "vera@brightwater.example", Password: "viewer", Role: RoleViewer,
			Sees: "Sees the spaces Sales and Operations, and can change nothing.",
		},
		zone: "Europe/Stockholm", locale: "en", spaces: []string{spaceSales, spaceOperations}, groups: []string{"Everyone"},
	}
	analyst := &person{
		Person: Person{
			Name: "Amir Haddad", Email: "amir@brightwater.example", Password: "analyst", Role: RoleAnalyst,
			Sees: "Sees Sales, Operations and Finance, and has personal apps nobody else sees.",
		},
		zone: "Europe/Paris", locale: "fr", roles: []string{"AnalyticsAdmin"}, groups: []string{"Everyone", "Analytics team"},
		spaces:  []string{spaceSales, spaceOperations, spaceFinance},
		picture: "https://s.gravatar.com/avatar/2f9d8a6b1c3e4d5f60718293a4b5c6d7?s=480&r=pg&d=identicon",
	}
	admin := &person{
		Person: Person{
			Name: "Tove Adeyemi", Email: "tove@brightwater.example", Password: "admin", Role: RoleAdmin,
			Sees: "Sees all four spaces, but not what others keep to themselves.",
		},
		zone: "Europe/Berlin", locale: "en", roles: []string{"TenantAdmin", "AnalyticsAdmin"}, groups: []string{"Everyone", "IT"},
		spaces: []string{spaceSales, spaceOperations, spaceFinance, spacePeople},
	}
	colleague := &person{
		Person: Person{Name: "Mateo “Teo” O’Brien-Núñez", Email: "mateo@brightwater.example"},
		zone:   "Europe/Madrid", locale: "es", roles: []string{"AnalyticsAdmin"}, groups: []string{"Everyone"},
		spaces: []string{spaceSales, spaceOperations, spaceFinance, spacePeople},
	}
	disabled := &person{
		Person: Person{Name: "Ines Okafor", Email: DisabledEmail, Password: DisabledPassword},
		zone:   "Africa/Lagos", locale: "en", status: "disabled",
	}
	people := []*person{viewer, analyst, admin, colleague, disabled}
	for _, p := range people {
		p.ID = stableID("user", p.Email)
		p.subject = "auth0|" + stableID("subject", p.Email)
		orDefault(&p.status, "active")
	}
	return people
}

// People lists who one can sign in as.
func (t *Tenant) People() []Person {
	var list []Person
	for _, p := range t.content.people {
		if p.Role != "" {
			list = append(list, p.Person)
		}
	}
	return list
}

// everybody is all people, those from the start first. Bots are not people.
func (t *Tenant) everybody() []*person {
	return append(slices.Clone(t.content.people), t.newcomers.all()...)
}

func (t *Tenant) personByEmail(email string) *person {
	return t.personWhere(func(p *person) bool { return strings.EqualFold(p.Email, strings.TrimSpace(email)) })
}

func (t *Tenant) personWhere(match func(*person) bool) *person {
	everybody := t.everybody()
	if i := slices.IndexFunc(everybody, match); i >= 0 {
		return everybody[i]
	}
	return nil
}

// hasPassword never matches an empty password: colleagues without one cannot
// sign in.
func (p *person) hasPassword(password string) bool {
	return p.Password != "" && subtle.ConstantTimeCompare([]byte(p.Password), []byte(password)) == 1
}
