package demo

import (
	"fmt"
	"mime"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// cspEntry lets one origin into some directives of the policy that the
// tenant's own pages carry.
type cspEntry struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	Description  string `json:"description"`
	Origin       string `json:"origin"`
	CreatedDate  string `json:"createdDate"`
	ModifiedDate string `json:"modifiedDate"`
	cspDirectives
}

type cspDirectives struct {
	ChildSrc       bool `json:"childSrc"`
	ConnectSrc     bool `json:"connectSrc"`
	ConnectSrcWSS  bool `json:"connectSrcWSS"`
	FontSrc        bool `json:"fontSrc"`
	FormAction     bool `json:"formAction"`
	FrameAncestors bool `json:"frameAncestors"`
	FrameSrc       bool `json:"frameSrc"`
	ImgSrc         bool `json:"imgSrc"`
	MediaSrc       bool `json:"mediaSrc"`
	ObjectSrc      bool `json:"objectSrc"`
	ScriptSrc      bool `json:"scriptSrc"`
	StyleSrc       bool `json:"styleSrc"`
	WorkerSrc      bool `json:"workerSrc"`
}

func (e cspEntry) key() string { return e.ID }

// directives lists the switches by the name they have in a query.
var directives = []struct {
	name, directive, base string
	in                    func(cspDirectives) bool
}{
	{"childSrc", "child-src", "'self' blob:", func(d cspDirectives) bool { return d.ChildSrc }},
	{"connectSrc", "connect-src", "'self'", func(d cspDirectives) bool { return d.ConnectSrc }},
	{"connectSrcWSS", "connect-src", "", func(d cspDirectives) bool { return d.ConnectSrcWSS }},
	{"fontSrc", "font-src", "'self' data:", func(d cspDirectives) bool { return d.FontSrc }},
	{"formAction", "form-action", "'self'", func(d cspDirectives) bool { return d.FormAction }},
	{"frameAncestors", "frame-ancestors", "'self'", func(d cspDirectives) bool { return d.FrameAncestors }},
	{"frameSrc", "frame-src", "'self'", func(d cspDirectives) bool { return d.FrameSrc }},
	{"imgSrc", "img-src", "'self' blob: data:", func(d cspDirectives) bool { return d.ImgSrc }},
	{"mediaSrc", "media-src", "'self'", func(d cspDirectives) bool { return d.MediaSrc }},
	{"objectSrc", "object-src", "'none'", func(d cspDirectives) bool { return d.ObjectSrc }},
	{"scriptSrc", "script-src", "'self'", func(d cspDirectives) bool { return d.ScriptSrc }},
	{"styleSrc", "style-src", "'self' 'unsafe-inline'", func(d cspDirectives) bool { return d.StyleSrc }}, // charts style themselves
	{"workerSrc", "worker-src", "'self' blob:", func(d cspDirectives) bool { return d.WorkerSrc }},
}

// contentSecurityPolicy is the header of the tenant's own pages: what they
// need themselves, and the entries of the list.
func (t *Tenant) contentSecurityPolicy() string {
	sources := map[string][]string{}
	var order []string
	entries := t.cspEntries.all()
	for _, d := range directives {
		if d.base != "" {
			order = append(order, d.directive)
			sources[d.directive] = []string{d.base}
		}
		for _, e := range entries {
			if origin := e.Origin; d.in(e.cspDirectives) {
				if d.name == "connectSrcWSS" {
					origin = "wss://" + origin
				}
				sources[d.directive] = append(sources[d.directive], origin)
			}
		}
	}
	policy := []string{"default-src 'self'"}
	for _, directive := range order {
		list := sources[directive]
		if len(list) > 1 && list[0] == "'none'" {
			list = list[1:] // 'none' has a meaning only when it is alone
		}
		policy = append(policy, directive+" "+strings.Join(list, " "))
	}
	return strings.Join(policy, "; ")
}

func (t *Tenant) cspRoutes(mux *http.ServeMux) {
	const path = "/api/v1/csp-origins"
	handle := func(pattern string, tier int, endpoint apiFunc) {
		mux.HandleFunc(pattern, t.api(tier, adminOnly("admin.csp", endpoint)))
	}
	handle("GET "+path, 1, t.cspList)
	handle("POST "+path, 2, t.createCSP)
	handle("GET "+path+"/{id}", 1, t.readCSP)
	handle("PUT "+path+"/{id}", 2, t.replaceCSP)
	handle("DELETE "+path+"/{id}", 2, t.deleteCSP)
	handle("GET "+path+"/actions/generate-header", 1, t.generateCSP)
}

// addFrameOrigin lets pages of a host frame the tenant's own.
func (t *Tenant) addFrameOrigin(origin string) error {
	now := wireTime(t.content.created)
	e := cspEntry{ID: randomHex(12), Name: "Portal", Origin: origin, CreatedDate: now, ModifiedDate: now}
	e.FrameAncestors = true
	if fault := e.fault(); fault != "" {
		return fmt.Errorf("frame origin %q: %s", origin, fault)
	}
	t.cspEntries.add(e)
	return nil
}

// cspSource is a host as the console takes it, "domain.com" or "*.domain.com",
// with a port if need be. Nothing else may get into the header.
var cspSource = regexp.MustCompile(`^(\*\.)?[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*(:[0-9]{1,5})?$`)

func (e cspEntry) fault() string {
	switch {
	case len(e.Origin) > 256 || !cspSource.MatchString(e.Origin):
		return "origin is required in the form domain.com or *.domain.com, with at most 256 characters"
	case utf8.RuneCountInString(e.Name) > 512 || utf8.RuneCountInString(e.Description) > 1024:
		return "name has at most 512 characters and description 1024"
	}
	return ""
}

func (t *Tenant) cspList(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	q := r.URL.Query()
	list := slices.DeleteFunc(t.cspEntries.all(), func(e cspEntry) bool {
		for _, d := range directives {
			if want := q.Get(d.name); want != "" && (want == "true") != d.in(e.cspDirectives) {
				return true
			}
		}
		return !like(q.Get("name"), e.Name) || !like(q.Get("origin"), e.Origin)
	})
	if no := sorted(list, q.Get("sort"), map[string]func(a, b cspEntry) int{
		"name":         func(a, b cspEntry) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) },
		"origin":       func(a, b cspEntry) int { return strings.Compare(a.Origin, b.Origin) },
		"createdDate":  func(a, b cspEntry) int { return strings.Compare(a.CreatedDate, b.CreatedDate) },
		"modifiedDate": func(a, b cspEntry) int { return strings.Compare(a.ModifiedDate, b.ModifiedDate) },
	}); no != nil {
		return no
	}
	page, links, no := pageOf(t, r, list, 20)
	if no != nil {
		return no
	}
	writeJSON(w, http.StatusOK, map[string]any{"data": page, "links": links})
	return nil
}

// like matches without regard to case; * stands for anything.
func like(pattern, value string) bool {
	found, err := path.Match(strings.ToLower(strings.ReplaceAll(pattern, "/", "_")), strings.ToLower(strings.ReplaceAll(value, "/", "_")))
	return pattern == "" || err == nil && found
}

func (t *Tenant) createCSP(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	var e cspEntry
	if no := t.readCSPBody(w, r, &e); no != nil {
		return no
	}
	now := wireTime(t.now())
	e.ID, e.CreatedDate, e.ModifiedDate = randomHex(12), now, now
	t.cspEntries.add(e)
	writeJSON(w, http.StatusCreated, e)
	return nil
}

func (t *Tenant) readCSPBody(w http.ResponseWriter, r *http.Request, e *cspEntry) *apiError {
	if no := readJSON(w, r, e); no != nil {
		return no
	}
	if fault := e.fault(); fault != "" {
		no := badRequest(fault)
		return &no
	}
	return nil
}

func (t *Tenant) readCSP(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	e, found := t.cspEntries.find(r.PathValue("id"))
	if !found {
		return &errNotFound
	}
	writeJSON(w, http.StatusOK, e)
	return nil
}

func (t *Tenant) replaceCSP(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	var in cspEntry
	if no := t.readCSPBody(w, r, &in); no != nil {
		return no
	}
	now := wireTime(t.now())
	no := t.cspEntries.change(r.PathValue("id"), func(e *cspEntry) *apiError {
		in.ID, in.CreatedDate, in.ModifiedDate = e.ID, e.CreatedDate, now
		*e = in
		return nil
	})
	if no != nil {
		return no
	}
	writeJSON(w, http.StatusOK, in)
	return nil
}

func (t *Tenant) deleteCSP(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	if !t.cspEntries.remove(r.PathValue("id")) {
		return &errNotFound
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// generateCSP answers GET …/actions/generate-header, as JSON or as plain text.
func (t *Tenant) generateCSP(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	policy := t.contentSecurityPolicy()
	accept := r.Header.Get("Accept")
	orDefault(&accept, "*/*")
	for _, part := range strings.Split(accept, ",") {
		switch kind, _, _ := mime.ParseMediaType(part); kind {
		case "application/json", "application/*", "*/*":
			writeJSON(w, http.StatusOK, map[string]string{"Content-Security-Policy": policy})
			return nil
		case "text/plain", "text/*":
			answerRaw(w, "text/plain; charset=utf-8", policy)
			return nil
		}
	}
	return &apiError{status: http.StatusNotAcceptable, code: "HTTP-406", title: "Not acceptable"}
}
