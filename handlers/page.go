package handlers

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"vitrine/internal/contentcoding"
	"vitrine/qlik"
)

// themeCookie is the person's choice of look. It is written by a script and
// read here, so that the first paint has it already.
const themeCookie = "vitrine_theme"

// basePage is what the layout needs of every page.
type basePage struct {
	Title  string
	Lang   string // BCP 47
	Theme  string // "light", "dark" or "" for the system's
	Chosen string // the language the user has chosen, "" for none
	Langs  []languageChoice
	Nonce  string
	Path   string // this page's own address, for links back to it
	Nav    string // which entry of the header is this page
	Search string
	User   *person // nil when signed out
	Demo   bool
	Tenant string // host name
}

// person is who is signed in, as pages show them.
type person struct{ Name, FirstName, Email, Initials string }

func (h *Handlers) newBasePage(c *gin.Context, title string) basePage {
	if policy := c.Writer.Header().Get(policyHeader); policy == "" || policy == nothingAllowed[0] {
		h.allow(c, sources{}) // only now is it known that this is a page
	}
	p := basePage{
		Title: title, Lang: h.language(c).Code(), Theme: themeOf(c), Nonce: cspNonce(c), Chosen: chosenLanguage(c.Request.Header),
		Langs: h.languageChoices(), Path: c.Request.URL.RequestURI(), Demo: h.Demo != nil, Tenant: hostOf(h.TenantURL),
	}
	if s, ok := optionalSession(c); ok {
		p.User = newPerson(s.User)
	}
	return p
}

func newPerson(u qlik.User) *person {
	name := u.Name
	if name == "" {
		name = u.Email
	}
	first, _, _ := strings.Cut(name, " ")
	return &person{Name: name, FirstName: first, Email: u.Email, Initials: initials(name)}
}

// initials are the first letters of the first and the last word of a name.
func initials(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return "?"
	}
	letters := []rune(words[0])[:1]
	if len(words) > 1 {
		letters = append(letters, []rune(words[len(words)-1])[0])
	}
	return strings.ToUpper(string(letters))
}

func themeOf(c *gin.Context) string {
	if theme, err := c.Cookie(themeCookie); err == nil && (theme == "light" || theme == "dark") {
		return theme
	}
	return ""
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// render writes a page. It is rendered whole before the first byte goes out,
// so that a fault becomes an error page and not half a page.
func (h *Handlers) render(c *gin.Context, status int, page string, data any) error {
	var b bytes.Buffer
	lang := h.language(c)
	if err := h.Templates.Render(&b, lang, page, data); err != nil {
		return err
	}
	noStore(c)
	writtenIn(c, lang)
	body := b.Bytes()
	// Pages hold no secret that a person's input could be compared with, so
	// compressing them tells nothing (BREACH).
	if contentcoding.Accepts(c.Request.Header["Accept-Encoding"], "gzip") {
		zipped, err := zip(body)
		if err != nil {
			return fmt.Errorf("compress page: %w", err)
		}
		body = zipped
		c.Header("Content-Encoding", "gzip")
	}
	c.Header("Content-Length", strconv.Itoa(len(body)))
	c.Data(status, "text/html; charset=utf-8", body)
	return nil
}

// zippers are kept, because each holds some 800 KB that would be made anew for
// every page.
var zippers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

func zip(content []byte) ([]byte, error) {
	z := zippers.Get().(*gzip.Writer)
	defer zippers.Put(z)
	var b bytes.Buffer
	z.Reset(&b)
	if _, err := z.Write(content); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// errorPage is the page of a problem.
type errorPage struct {
	basePage
	Status      int
	Heading     string
	Text        string
	ActionHref  string
	ActionLabel string
	Back        *action // a second way on, where the first only tries again
	RequestID   string
}

func (h *Handlers) renderProblem(c *gin.Context, p problem) error {
	lang := h.language(c)
	page := errorPage{
		basePage: h.newBasePage(c, p.title(lang)), Status: p.status, Heading: p.title(lang), Text: p.text(lang),
		ActionHref: p.action.Href, ActionLabel: lang.Text(p.action.Label), RequestID: requestID(c),
	}
	if p.action.Href == "" {
		page.ActionHref = "/"
	}
	if errors.Is(p.err, errOtherHost) {
		page.ActionHref, page.ActionLabel = h.PublicURL+"/", h.PublicURL
	}
	if app := c.Param("appId"); app != "" && errors.Is(p.err, errSheetNotFound) {
		page.ActionHref, page.ActionLabel = appPath(app), lang.Text("error.sheets")
	}
	if p.status >= http.StatusInternalServerError || p.status == http.StatusTooManyRequests {
		if page.ActionHref != "/" {
			page.Back = &action{Label: lang.Text("error.back"), Href: "/"}
		}
	}
	return h.render(c, p.status, "error", page)
}

// tenantLogout is where a person signs out of Qlik itself: a page of the
// tenant, which the browser goes to by itself.
func (h *Handlers) tenantLogout(c *gin.Context) string {
	return h.Auth.TenantLogout(c.Request.Context(), h.PublicURL+signedOutPath)
}

// today is when "now" is for a page, in the person's time zone when the tenant
// told it.
func (h *Handlers) today(u qlik.User) time.Time {
	zone, err := time.LoadLocation(u.Zoneinfo) // "" is UTC
	if err != nil {
		zone = time.UTC
	}
	return h.Now().In(zone)
}
