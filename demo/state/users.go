package state

import (
	"cmp"
	"crypto/subtle"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Person is a user one can sign in as. The passwords are shown on the login
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

// DisabledEmail and its password belong to a user that is not on the login
// page: the identity provider accepts her, the tenant has disabled her.
const (
	DisabledEmail    = "ines.okafor@brightwater.example"
	DisabledPassword = "former-colleague"
)

// User is a Person with the rest of what the REST API answers.
type User struct {
	Person
	Subject, Zone, Locale, Picture string
	Status                         string   // active or disabled
	ClientID                       string   // of a bot
	Roles                          []string // names in tenantRoles
	Groups                         []string
	spaces                         []string // names of the spaces they may see

	Joined   time.Time   // zero for the users from the start
	Welcomed atomic.Bool // has been shown around
}

// IsTooNew reports whether the user has no rights yet: those of a new user take
// a moment to reach every service.
func (p *User) IsTooNew(now time.Time, delay time.Duration) bool {
	return !p.Joined.IsZero() && now.Before(p.Joined.Add(delay))
}

// Admin reports whether the user may run the tenant.
func (p *User) Admin() bool { return slices.Contains(p.Roles, "TenantAdmin") }

// newPeople lists the users: one can sign in as three, the others own apps or
// stand for a case.
func newPeople() []*User {
	viewer := &User{
		Person: Person{
			Name: "Vera Lindqvist", Email: "vera@brightwater.example", Password: "viewer", Role: RoleViewer,
			Sees: "Sees the spaces Sales and Operations, and can change nothing.",
		},
		Zone: "Europe/Stockholm", Locale: "en", spaces: []string{spaceSales, spaceOperations}, Groups: []string{"Everyone"},
	}
	analyst := &User{
		Person: Person{
			Name: "Amir Haddad", Email: "amir@brightwater.example", Password: "analyst", Role: RoleAnalyst,
			Sees: "Sees Sales, Operations and Finance, and has personal apps nobody else sees.",
		},
		Zone: "Europe/Paris", Locale: "fr", Roles: []string{"AnalyticsAdmin"}, Groups: []string{"Everyone", "Analytics team"},
		spaces:  []string{spaceSales, spaceOperations, spaceFinance},
		Picture: "https://s.gravatar.com/avatar/2f9d8a6b1c3e4d5f60718293a4b5c6d7?s=480&r=pg&d=identicon",
	}
	admin := &User{
		Person: Person{
			Name: "Tove Adeyemi", Email: "tove@brightwater.example", Password: "admin", Role: RoleAdmin,
			Sees: "Sees all four spaces, but not what others keep to themselves.",
		},
		Zone: "Europe/Berlin", Locale: "en", Roles: []string{"TenantAdmin", "AnalyticsAdmin"}, Groups: []string{"Everyone", "IT"},
		spaces: []string{spaceSales, spaceOperations, spaceFinance, spacePeople},
	}
	colleague := &User{
		Person: Person{Name: "Mateo “Teo” O’Brien-Núñez", Email: "mateo@brightwater.example"},
		Zone:   "Europe/Madrid", Locale: "es", Roles: []string{"AnalyticsAdmin"}, Groups: []string{"Everyone"},
		spaces: []string{spaceSales, spaceOperations, spaceFinance, spacePeople},
	}
	disabled := &User{
		Person: Person{Name: "Ines Okafor", Email: DisabledEmail, Password: DisabledPassword},
		Zone:   "Africa/Lagos", Locale: "en", Status: "disabled",
	}
	people := []*User{viewer, analyst, admin, colleague, disabled}
	for _, p := range people {
		p.ID = StableID("user", p.Email)
		p.Subject = "auth0|" + StableID("subject", p.Email)
		p.Status = cmp.Or(p.Status, "active")
	}
	return people
}

// People lists the users one can sign in as.
func (st *State) People() []Person {
	var list []Person
	for _, p := range st.Content.Users {
		if p.Role != "" {
			list = append(list, p.Person)
		}
	}
	return list
}

// Users are all users but the bots, those from the start first.
func (st *State) Users() []*User {
	return append(slices.Clone(st.Content.Users), st.Newcomers.All()...)
}

// UserByEmail returns the user with that address, or nil.
func (st *State) UserByEmail(email string) *User {
	return st.UserWhere(func(p *User) bool { return strings.EqualFold(p.Email, strings.TrimSpace(email)) })
}

// UserWhere returns the first user that matches, or nil.
func (st *State) UserWhere(match func(*User) bool) *User {
	everybody := st.Users()
	if i := slices.IndexFunc(everybody, match); i >= 0 {
		return everybody[i]
	}
	return nil
}

// HasPassword never matches an empty password: colleagues without one cannot
// sign in.
func (p *User) HasPassword(password string) bool {
	return p.Password != "" && subtle.ConstantTimeCompare([]byte(p.Password), []byte(password)) == 1
}

// UserToImpersonate returns the user with that userId or subject, or nil:
// impersonation never creates users.
func (st *State) UserToImpersonate(field, value string) *User {
	return st.UserWhere(func(p *User) bool {
		return value != "" && (field == "userId" && p.ID == value || field == "subject" && p.Subject == value)
	})
}

// BotOf is the user that acts for a client, made at the first use. It may do
// what a tenant admin may.
func (st *State) BotOf(c Client) *User {
	subject := `qlikbot\` + c.ID
	id := StableID("user", subject)
	if bot, found := st.Bots.Find(id); found {
		return bot
	}
	bot := &User{
		Person: Person{ID: id, Name: c.Name}, Subject: subject, ClientID: c.ID, Status: "active", Zone: "UTC", Locale: "en",
		Roles: []string{"TenantAdmin"}, spaces: []string{spaceSales, spaceOperations, spaceFinance, spacePeople},
	}
	return st.Bots.FindOrAdd(bot)
}

// Key implements Record.
func (p *User) Key() string { return p.ID }

// UserByID returns the user or bot with that ID, or nil.
func (st *State) UserByID(id string) *User {
	if bot, found := st.Bots.Find(id); found {
		return bot
	}
	return st.UserWhere(func(p *User) bool { return p.ID == id })
}

// UserBySubject finds the user by subject and by nothing else. An unknown
// subject makes a new user, also if the name or the e-mail address is taken:
// the classic mistake with JWT sessions.
func (st *State) UserBySubject(subject, name, email string, groups []string) *User {
	if p := st.UserWhere(func(p *User) bool { return p.Subject == subject }); p != nil {
		return p
	}
	return st.Newcomers.FindOrAdd(&User{
		Person:  Person{ID: StableID("user", subject), Name: name, Email: email},
		Subject: subject, Status: "active", Zone: "UTC", Locale: "en", Joined: st.Now(),
		Groups: append([]string{}, groups...), spaces: []string{spaceSales, spaceOperations},
	})
}
