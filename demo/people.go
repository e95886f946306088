package demo

import (
	"cmp"
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
		p.ID = StableID("user", p.Email)
		p.subject = "auth0|" + StableID("subject", p.Email)
		p.status = cmp.Or(p.status, "active")
	}
	return people
}

// People lists who one can sign in as.
func (st *State) People() []Person {
	var list []Person
	for _, p := range st.Content.people {
		if p.Role != "" {
			list = append(list, p.Person)
		}
	}
	return list
}

// everybody is all people, those from the start first. Bots are not people.
func (st *State) everybody() []*person {
	return append(slices.Clone(st.Content.people), st.Newcomers.All()...)
}

func (st *State) PersonByEmail(email string) *person {
	return st.personWhere(func(p *person) bool { return strings.EqualFold(p.Email, strings.TrimSpace(email)) })
}

func (st *State) personWhere(match func(*person) bool) *person {
	everybody := st.everybody()
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

// lookUp finds whom to impersonate. Impersonation never creates users.
func (st *State) lookUp(field, value string) *person {
	return st.personWhere(func(p *person) bool {
		return value != "" && (field == "userId" && p.ID == value || field == "subject" && p.subject == value)
	})
}

// botOf is the user that acts for a client, made at the first use. It may do
// what a tenant admin may.
func (st *State) botOf(c client) *person {
	subject := `qlikbot\` + c.id
	id := StableID("user", subject)
	if bot, found := st.Bots.Find(id); found {
		return bot
	}
	bot := &person{
		Person: Person{ID: id, Name: c.Name}, subject: subject, clientID: c.id, status: "active", zone: "UTC", locale: "en",
		roles: []string{"TenantAdmin"}, spaces: []string{spaceSales, spaceOperations, spaceFinance, spacePeople},
	}
	return st.Bots.FindOrAdd(bot)
}

// Key implements Record.
func (p *person) Key() string { return p.ID }

// personByID finds people and bots.
func (st *State) personByID(id string) *person {
	if bot, found := st.Bots.Find(id); found {
		return bot
	}
	return st.personWhere(func(p *person) bool { return p.ID == id })
}

// UserBySubject finds the user by subject and by nothing else. An unknown
// subject makes a new user, also if the name or the e-mail address is taken:
// the classic mistake with JWT sessions.
func (st *State) UserBySubject(subject, name, email string, groups []string) *person {
	if p := st.personWhere(func(p *person) bool { return p.subject == subject }); p != nil {
		return p
	}
	return st.Newcomers.FindOrAdd(&person{
		Person:  Person{ID: StableID("user", subject), Name: name, Email: email},
		subject: subject, status: "active", zone: "UTC", locale: "en", joined: st.Now(),
		groups: append([]string{}, groups...), spaces: []string{spaceSales, spaceOperations},
	})
}
