package demo

import (
	"cmp"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// cspOrigins serves /api/v1/csp-origins.
func (api *adminAPI) cspOrigins() *Resource[cspEntry] {
	return &Resource[cspEntry]{
		Path: "/api/v1/csp-origins", Base: api.URL, Records: &api.CSPEntries, Page: Pages[cspEntry](20),
		Filter: func(q url.Values) (func(cspEntry) bool, error) {
			return func(e cspEntry) bool {
				for _, d := range directives {
					if want := q.Get(d.name); want != "" && (want == "true") != d.in(e.cspDirectives) {
						return false
					}
				}
				return Like(q.Get("name"), e.Name) && Like(q.Get("origin"), e.Origin)
			}, nil
		},
		Orders: map[string]func(a, b cspEntry) int{
			"name":         ByText(func(e cspEntry) string { return e.Name }),
			"origin":       ByText(func(e cspEntry) string { return e.Origin }),
			"createdDate":  ByText(func(e cspEntry) string { return e.CreatedDate }),
			"modifiedDate": ByText(func(e cspEntry) string { return e.ModifiedDate }),
		},
		Create: func(w http.ResponseWriter, r *http.Request, _ *Caller) (any, error) {
			e, err := readCSPEntry(w, r)
			if err != nil {
				return nil, err
			}
			now := Timestamp(api.Now())
			e.ID, e.CreatedDate, e.ModifiedDate = RandomHex(12), now, now
			api.CSPEntries.Add(e)
			return e, nil
		},
		Replace: func(w http.ResponseWriter, r *http.Request) (any, error) {
			in, err := readCSPEntry(w, r)
			if err != nil {
				return nil, err
			}
			err = api.CSPEntries.Change(r.PathValue("id"), func(e *cspEntry) error {
				in.ID, in.CreatedDate, in.ModifiedDate = e.ID, e.CreatedDate, Timestamp(api.Now())
				*e = in
				return nil
			})
			return in, err
		},
	}
}

func readCSPEntry(w http.ResponseWriter, r *http.Request) (e cspEntry, err error) {
	if err := ReadJSON(w, r, &e); err != nil {
		return e, err
	}
	if fault := e.fault(); fault != "" {
		return e, badRequest(fault)
	}
	return e, nil
}

// generateCSP answers GET …/actions/generate-header, as JSON or as plain text.
func (api *adminAPI) generateCSP(w http.ResponseWriter, r *http.Request, _ *Caller) error {
	policy := api.contentSecurityPolicy()
	for _, part := range strings.Split(cmp.Or(r.Header.Get("Accept"), "*/*"), ",") {
		switch kind, _, _ := mime.ParseMediaType(part); kind {
		case "application/json", "application/*", "*/*":
			writeJSON(w, http.StatusOK, map[string]string{"Content-Security-Policy": policy})
			return nil
		case "text/plain", "text/*":
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			_, _ = io.WriteString(w, policy)
			return nil
		}
	}
	return apiError{Status: http.StatusNotAcceptable, Code: "HTTP-406", Title: "Not acceptable"}
}
