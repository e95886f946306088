package demo

import (
	"net/http"
	"net/url"
)

type loginPage struct {
	Transaction string
	People      []Person
	Email       string
	Wrong       bool // the password did not match
}

// loginForm answers GET /login/form: the page that stands for the identity provider.
func (t *Tenant) loginForm(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("transaction")
	p, found := t.findPending(id)
	if !found {
		t.expiredTransaction(w)
		return
	}
	t.page(w, http.StatusOK, "login", p, loginPage{Transaction: id, People: t.People(), Email: p.hint})
}

// signIn answers POST /login/form, from the e-mail form and from the buttons.
func (t *Tenant) signIn(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	id := r.PostFormValue("transaction")
	p, found := t.findPending(id)
	if !found {
		t.expiredTransaction(w)
		return
	}
	who := t.personByEmail(r.PostFormValue("email"))
	if who == nil || !who.hasPassword(r.PostFormValue("password")) {
		t.log.Info("login: wrong e-mail or password")
		t.page(w, http.StatusUnauthorized, "login", p, loginPage{
			Transaction: id, People: t.People(), Email: r.PostFormValue("email"), Wrong: true,
		})
		return
	}
	t.dropPending(id)
	s := t.startBrowserSession(w, r, who)
	t.stats.add(func(s *Stats) { s.SignIns++ })
	t.log.Info("login: signed in", "person", who.Email)
	if p.request == nil {
		http.Redirect(w, r, p.returnTo, http.StatusSeeOther)
		return
	}
	// The person has just signed in; asking for that again would never end.
	req := *p.request
	if req.prompt == "login" {
		req.prompt = ""
	}
	t.consentOrAnswer(w, r, &req, s)
}

type consentPage struct {
	Transaction string
	Person      Person
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
func (t *Tenant) consentForm(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("transaction")
	p, found := t.findPending(id)
	s, signedIn := t.browserSession(r)
	if !found || p.request == nil || !signedIn {
		t.expiredTransaction(w)
		return
	}
	page := consentPage{Transaction: id, Person: s.person.Person, Origin: originOf(p.request.redirectURI)}
	if c, found := t.clients.find(p.request.clientID); found {
		page.Client = c.Name
	}
	for _, scope := range p.request.scopes {
		page.Scopes = append(page.Scopes, scopeLine{scope, scopeMeanings[scope]})
	}
	t.page(w, http.StatusOK, "consent", p, page)
}

// decideConsent answers POST /oauth/consent.
func (t *Tenant) decideConsent(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	id := r.PostFormValue("transaction")
	p, found := t.findPending(id)
	s, signedIn := t.browserSession(r)
	if !found || p.request == nil || !signedIn {
		t.expiredTransaction(w)
		return
	}
	t.dropPending(id)
	if r.PostFormValue("decision") != "approve" {
		t.refuseAuthorization(w, r, p.request, refusal{"access_denied", "The user declined the request", "HTTP-403", "consent was not given"})
		return
	}
	t.approve(s.person, p.request.clientID, p.request.scopes)
	t.answerWithCode(w, r, p.request, s)
}

// login answers GET /login?returnto=…: the interactive login that pages with
// cookies send people to.
func (t *Tenant) login(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	target := q.Get("returnto")
	if target == "" {
		target = "/"
	}
	integration := q.Get("qlik-web-integration-id")
	orDefault(&integration, r.Header.Get("Qlik-Web-Integration-ID")) // the documented place, which no redirect can fill
	if no := t.checkReturnTo(target, integration); no != nil {
		fail(w, *no)
		return
	}
	_, signedIn := t.browserSession(r)
	switch {
	case signedIn && q.Get("prompt") != "login":
		http.Redirect(w, r, target, http.StatusFound)
	case q.Get("prompt") == "none":
		fail(w, errUnauthorized)
	default:
		id := t.addPending(&pending{returnTo: target, hint: q.Get("login_hint")})
		http.Redirect(w, r, "/login/form?transaction="+id, http.StatusFound)
	}
}

// logout answers GET /logout. It ends the browser session only; tokens live on.
func (t *Tenant) logout(w http.ResponseWriter, r *http.Request) {
	t.endBrowserSession(w, r)
	t.page(w, http.StatusOK, "message", nil, messagePage{
		Title: "You are signed out of the tenant", Text: "Applications you signed in to keep their own sessions until you sign out there.",
		Link: "/login", LinkText: "Sign in again",
	})
}

// home answers / : the real hub is not part of this stand-in.
func (t *Tenant) home(w http.ResponseWriter, r *http.Request) {
	page := messagePage{
		Title: "This is the demo tenant", Text: "It stands in for Qlik Cloud. Its own hub is not part of it; open the portal instead.",
		Link: "/login", LinkText: "Sign in here",
	}
	if s, signedIn := t.browserSession(r); signedIn {
		page.Text = "You are signed in as " + s.person.Name + ". " + page.Text
		page.Link, page.LinkText = "/logout", "Sign out of the tenant"
	}
	t.page(w, http.StatusOK, "message", nil, page)
}

func (t *Tenant) expiredTransaction(w http.ResponseWriter) {
	t.page(w, http.StatusBadRequest, "message", nil, messagePage{
		Title: "This sign-in has expired", Text: "It was started too long ago, or finished in another tab. Go back to the application and sign in again.",
		Link: "/", LinkText: "Tenant home",
	})
}

// originOf is scheme and host of an absolute URL, or "".
func originOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
