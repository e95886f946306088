package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"vitrine/demo/oauth"
	"vitrine/demo/state"
	"vitrine/demo/wire"
)

type loginPage struct {
	Transaction string
	People      []state.Person
	Email       string
	Wrong       bool // the password did not match
}

// loginForm answers GET /login/form: the page that stands for the identity provider.
func (site *Site) loginForm(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("transaction")
	p, found := site.Transaction(id)
	if !found {
		site.expiredTransaction(w)
		return
	}
	site.page(w, http.StatusOK, "login", p, loginPage{Transaction: id, People: site.People(), Email: p.Hint})
}

// signIn answers POST /login/form, from the e-mail form and from the buttons.
func (site *Site) signIn(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	id := r.PostFormValue("transaction")
	p, found := site.Transaction(id)
	if !found {
		site.expiredTransaction(w)
		return
	}
	user := site.UserByEmail(r.PostFormValue("email"))
	if user == nil || !user.HasPassword(r.PostFormValue("password")) {
		site.Log.Info("login: wrong e-mail or password")
		site.page(w, http.StatusUnauthorized, "login", p, loginPage{
			Transaction: id, People: site.People(), Email: r.PostFormValue("email"), Wrong: true,
		})
		return
	}
	site.Finish(id)
	s := site.Start(w, r, user)
	site.Count(func(s *state.Stats) { s.SignIns++ })
	site.Log.Info("login: signed in", "person", user.Email)
	if p.Request == nil {
		http.Redirect(w, r, p.ReturnTo, http.StatusSeeOther)
		return
	}
	// The person has just signed in; asking for that again would never end.
	req := *p.Request
	if req.Prompt == "login" {
		req.Prompt = ""
	}
	site.auth.Proceed(w, r, &req, s)
}

type consentPage struct {
	Transaction string
	Person      state.Person
	Client      string
	Origin      string // of the redirect URI: names can be chosen freely
	Scopes      []scopeLine
}

type scopeLine struct{ Name, Meaning string }

var scopeMeanings = map[string]string{
	"user_default":          "Act with your ordinary rights in this tenant",
	"offline_access":        "Stay signed in while you are away",
	"admin_classic":         "Administer the tenant, if you may",
	"openid":                "Know that it is you",
	"profile":               "See your name and picture",
	"email":                 "See your e-mail address",
	"identity.name:read":    "See your name",
	"identity.email:read":   "See your e-mail address",
	"identity.subject:read": "See your identifier at the identity provider",
	"identity.picture:read": "See your picture",
}

// consentForm answers GET /oauth/consent.
func (site *Site) consentForm(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("transaction")
	p, found := site.Transaction(id)
	s, signedIn := site.Session(r)
	if !found || p.Request == nil || !signedIn {
		site.expiredTransaction(w)
		return
	}
	page := consentPage{Transaction: id, Person: s.User.Person, Origin: state.OriginOf(p.Request.RedirectURI)}
	if c, found := site.Clients.Find(p.Request.ClientID); found {
		page.Client = c.Name
	}
	for _, scope := range p.Request.Scopes {
		page.Scopes = append(page.Scopes, scopeLine{scope, scopeMeanings[scope]})
	}
	site.page(w, http.StatusOK, "consent", p, page)
}

// decideConsent answers POST /oauth/consent.
func (site *Site) decideConsent(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	id := r.PostFormValue("transaction")
	p, found := site.Transaction(id)
	s, signedIn := site.Session(r)
	if !found || p.Request == nil || !signedIn {
		site.expiredTransaction(w)
		return
	}
	site.Finish(id)
	if r.PostFormValue("decision") != "approve" {
		site.auth.Reject(w, r, p.Request, oauth.AuthorizationError{Err: "access_denied", Description: "The user declined the request", Code: "HTTP-403", Detail: "consent was not given"})
		return
	}
	site.Approve(s.User, p.Request.ClientID, p.Request.Scopes)
	site.auth.IssueCode(w, r, p.Request, s)
}

// login answers GET /login?returnto=…: the interactive login that pages with
// cookies send people to.
func (site *Site) login(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	target := q.Get("returnto")
	if target == "" {
		target = "/"
	}
	// The header is the documented place, which no redirect can fill.
	integration := cmp.Or(q.Get("qlik-web-integration-id"), r.Header.Get("Qlik-Web-Integration-ID"))
	if err := site.checkReturnTo(target, integration); err != nil {
		wire.Fail(w, err)
		return
	}
	_, signedIn := site.Session(r)
	switch {
	case signedIn && q.Get("prompt") != "login":
		http.Redirect(w, r, target, http.StatusFound)
	case q.Get("prompt") == "none":
		wire.Fail(w, wire.ErrUnauthorized)
	default:
		id := site.Begin(&oauth.Transaction{ReturnTo: target, Hint: q.Get("login_hint")})
		http.Redirect(w, r, "/login/form?transaction="+id, http.StatusFound)
	}
}

// logout answers GET /logout. It ends the browser session only; tokens live on.
func (site *Site) logout(w http.ResponseWriter, r *http.Request) {
	site.End(w, r)
	site.page(w, http.StatusOK, "message", nil, messagePage{
		Title: "You are signed out of the tenant", Text: "Applications you signed in to keep their own sessions until you sign out there.",
		Link: "/login", LinkText: "Sign in again",
	})
}

// home answers / : the real hub is not part of this stand-in.
func (site *Site) home(w http.ResponseWriter, r *http.Request) {
	page := messagePage{
		Title: "This is the demo tenant", Text: "It stands in for Qlik Cloud. Its own hub is not part of it; open the portal instead.",
		Link: "/login", LinkText: "Sign in here",
	}
	if s, signedIn := site.Session(r); signedIn {
		page.Text = "You are signed in as " + s.User.Name + ". " + page.Text
		page.Link, page.LinkText = "/logout", "Sign out of the tenant"
	}
	site.page(w, http.StatusOK, "message", nil, page)
}

func (site *Site) expiredTransaction(w http.ResponseWriter) {
	site.page(w, http.StatusBadRequest, "message", nil, messagePage{
		Title: "This sign-in has expired", Text: "It was started too long ago, or finished in another tab. Go back to the application and sign in again.",
		Link: "/", LinkText: "Tenant home",
	})
}

// checkReturnTo guards the way back from /login: places on the tenant, or an
// origin of the web integration that the link names.
func (site *Site) checkReturnTo(target, integrationID string) error {
	u, err := url.Parse(target)
	// Browsers take a backslash for a slash, so "/\host" is another host.
	if err != nil || strings.ContainsAny(target, "\\\r\n\t") {
		return wire.Error{Status: http.StatusUnauthorized, Code: "LOGIN-8", Title: "Illegal returnto value"}
	}
	if u.Scheme == "" && u.Host == "" && strings.HasPrefix(target, "/") && !strings.HasPrefix(target, "//") || state.OriginOf(target) == site.URL {
		return nil
	}
	if integrationID == "" {
		return wire.Error{Status: http.StatusUnauthorized, Code: "LOGIN-8", Title: "Illegal returnto value"}
	}
	integration, found := site.Integrations.Find(integrationID)
	if !found || !slices.Contains(integration.ValidOrigins, state.OriginOf(target)) {
		return wire.Error{Status: http.StatusUnauthorized, Code: "LOGIN-10", Title: "returnto not included in web integration whitelist"}
	}
	return nil
}
