package demo

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// WebIntegrationID names the web integration that is there from the start. Its
// origins are those of the program's redirect URIs.
const WebIntegrationID = "Zk3-demo-web-integration"

// webIntegration lists the origins of pages that may use the tenant's cookies.
type webIntegration struct {
	ID           string   `json:"id"`
	Name         string   `json:"name"`
	ValidOrigins []string `json:"validOrigins"`
	TenantID     string   `json:"tenantId"`
	Created      string   `json:"created"`
	CreatedBy    string   `json:"createdBy"`
	LastUpdated  string   `json:"lastUpdated"`
}

func (i webIntegration) key() string { return i.ID }

func (t *Tenant) ownIntegration(redirectURIs []string) webIntegration {
	origins := []string{}
	for _, uri := range redirectURIs {
		if origin := originOf(uri); origin != "" && !slices.Contains(origins, origin) {
			origins = append(origins, origin)
		}
	}
	at := wireTime(t.content.created)
	return webIntegration{
		ID: WebIntegrationID, Name: "Portal", ValidOrigins: origins, TenantID: t.content.tenantID,
		Created: at, CreatedBy: t.content.people[2].ID, LastUpdated: at,
	}
}

func (t *Tenant) integrationRoutes(mux *http.ServeMux) {
	const path = "/api/v1/web-integrations"
	handle := func(pattern string, tier int, endpoint apiFunc) {
		mux.HandleFunc(pattern, t.api(tier, adminOnly("", endpoint)))
	}
	handle("GET "+path, 1, t.integrationList)
	handle("POST "+path, 2, t.createIntegration)
	handle("GET "+path+"/{id}", 1, t.readIntegration)
	handle("PATCH "+path+"/{id}", 2, t.patchIntegration)
	handle("DELETE "+path+"/{id}", 2, t.deleteIntegration)
}

// fault says what is wrong with an integration, or "".
func (i webIntegration) fault() string {
	switch {
	case i.Name == "" || utf8.RuneCountInString(i.Name) > 512:
		return "name is required and has at most 512 characters"
	case !every(i.ValidOrigins, validOrigin):
		return "an origin is a scheme and a host, without wildcard and path"
	}
	return ""
}

func (t *Tenant) integrationList(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	q := r.URL.Query()
	list := t.integrations.all()
	if tenant := q.Get("tenantId"); tenant != "" && tenant != t.content.tenantID {
		list = nil
	}
	if no := sorted(list, q.Get("sort"), map[string]func(a, b webIntegration) int{
		"name": func(a, b webIntegration) int {
			return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
		},
		"created": func(a, b webIntegration) int { return strings.Compare(a.Created, b.Created) },
	}); no != nil {
		return no
	}
	page, links, no := pageBeside(t, r, list)
	if no != nil {
		return no
	}
	writeJSON(w, http.StatusOK, map[string]any{"data": page, "links": links})
	return nil
}

// pageBeside cuts a page for the one collection that pages by the record
// before or after it.
func pageBeside(t *Tenant, r *http.Request, list []webIntegration) ([]webIntegration, pageLinks, *apiError) {
	q := r.URL.Query()
	limit, no := limitOf(q, 10)
	if no != nil {
		return nil, pageLinks{}, no
	}
	at := func(name string) int {
		return slices.IndexFunc(list, func(i webIntegration) bool { return i.ID == q.Get(name) })
	}
	from, to := 0, 0
	switch {
	case q.Get("startingAfter") != "":
		from = at("startingAfter") + 1
	case q.Get("endingBefore") != "":
		from = max(0, at("endingBefore")-limit)
		limit = max(0, at("endingBefore")) - from
	}
	to = min(from+limit, len(list))
	beside := func(name, id string) *link {
		q.Del("startingAfter")
		q.Del("endingBefore")
		q.Set(name, id)
		return &link{t.url + r.URL.EscapedPath() + "?" + q.Encode()}
	}
	page := append([]webIntegration{}, list[from:to]...)
	links := pageLinks{Self: link{t.url + r.URL.RequestURI()}}
	if to < len(list) && len(page) > 0 {
		links.Next = beside("startingAfter", list[to-1].ID)
	}
	if from > 0 && len(page) > 0 {
		links.Prev = beside("endingBefore", page[0].ID)
	}
	return page, links, nil
}

func (t *Tenant) createIntegration(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
	in := webIntegration{}
	if no := readJSON(w, r, &in); no != nil {
		return no
	}
	if fault := in.fault(); fault != "" {
		no := badRequest(fault)
		return &no
	}
	now := wireTime(t.now())
	in = webIntegration{
		ID: randomHex(12), Name: in.Name, ValidOrigins: append([]string{}, in.ValidOrigins...), TenantID: t.content.tenantID,
		Created: now, CreatedBy: who.ID, LastUpdated: now,
	}
	t.integrations.add(in)
	t.audit("com.qlik.web-integration.created", who.person, map[string]any{"id": in.ID, "name": in.Name})
	writeJSON(w, http.StatusCreated, struct {
		webIntegration
		Links map[string]link `json:"links"`
	}{in, map[string]link{"self": {t.url + "/api/v1/web-integrations/" + in.ID}}})
	return nil
}

func (t *Tenant) readIntegration(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	integration, found := t.integrations.find(r.PathValue("id"))
	if !found {
		return &errNotFound
	}
	writeJSON(w, http.StatusOK, integration)
	return nil
}

func (t *Tenant) patchIntegration(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
	ops, no := readPatch(w, r)
	if no != nil {
		return no
	}
	now := wireTime(t.now())
	no = t.integrations.change(r.PathValue("id"), func(i *webIntegration) *apiError {
		changed, no := patched(*i, ops, "name", "validOrigins")
		if no != nil {
			return no
		}
		if fault := changed.fault(); fault != "" {
			no := badRequest(fault)
			return &no
		}
		changed.LastUpdated = now
		changed.ValidOrigins = append([]string{}, changed.ValidOrigins...)
		*i = changed
		return nil
	})
	if no != nil {
		return no
	}
	t.audit("com.qlik.web-integration.updated", who.person, map[string]any{"id": r.PathValue("id")})
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (t *Tenant) deleteIntegration(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
	if !t.integrations.remove(r.PathValue("id")) {
		return &errNotFound
	}
	t.audit("com.qlik.web-integration.deleted", who.person, map[string]any{"id": r.PathValue("id")})
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// checkReturnTo guards the way back from /login: places on the tenant, or an
// origin of the web integration that the link names.
func (t *Tenant) checkReturnTo(target, integrationID string) *apiError {
	u, err := url.Parse(target)
	// Browsers take a backslash for a slash, so "/\host" is another host.
	if err != nil || strings.ContainsAny(target, "\\\r\n\t") {
		return &apiError{status: http.StatusUnauthorized, code: "LOGIN-8", title: "Illegal returnto value"}
	}
	if u.Scheme == "" && u.Host == "" && strings.HasPrefix(target, "/") && !strings.HasPrefix(target, "//") || originOf(target) == t.url {
		return nil
	}
	if integrationID == "" {
		return &apiError{status: http.StatusUnauthorized, code: "LOGIN-8", title: "Illegal returnto value"}
	}
	integration, found := t.integrations.find(integrationID)
	if !found || !slices.Contains(integration.ValidOrigins, originOf(target)) {
		return &apiError{status: http.StatusUnauthorized, code: "LOGIN-10", title: "returnto not included in web integration whitelist"}
	}
	return nil
}
