package admin

import (
	"cmp"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"vitrine/demo/state"
	"vitrine/demo/wire"
)

// cspOrigins serves /api/v1/csp-origins.
func (api *API) cspOrigins() *wire.Resource[state.CSPEntry] {
	return &wire.Resource[state.CSPEntry]{
		Path: "/api/v1/csp-origins", Records: &api.CSPEntries,
		List: wire.List[state.CSPEntry]{Base: api.URL, Pager: wire.Cursors[state.CSPEntry](20)},
		Filter: func(q url.Values) (func(state.CSPEntry) bool, error) {
			return func(e state.CSPEntry) bool {
				for name, on := range e.Directives() {
					if want := q.Get(name); want != "" && (want == "true") != on {
						return false
					}
				}
				return wire.Like(q.Get("name"), e.Name) && wire.Like(q.Get("origin"), e.Origin)
			}, nil
		},
		Orders: map[string]func(a, b state.CSPEntry) int{
			"name":         wire.ByText(func(e state.CSPEntry) string { return e.Name }),
			"origin":       wire.ByText(func(e state.CSPEntry) string { return e.Origin }),
			"createdDate":  wire.ByText(func(e state.CSPEntry) string { return e.CreatedDate }),
			"modifiedDate": wire.ByText(func(e state.CSPEntry) string { return e.ModifiedDate }),
		},
		Create: func(w http.ResponseWriter, r *http.Request, _ *state.Caller) (any, error) {
			e, err := readCSPEntry(w, r)
			if err != nil {
				return nil, err
			}
			now := state.Timestamp(api.Now())
			e.ID, e.CreatedDate, e.ModifiedDate = state.RandomHex(12), now, now
			api.CSPEntries.Add(e)
			return e, nil
		},
		Replace: func(w http.ResponseWriter, r *http.Request) (any, error) {
			in, err := readCSPEntry(w, r)
			if err != nil {
				return nil, err
			}
			err = api.CSPEntries.Change(r.PathValue("id"), func(e *state.CSPEntry) error {
				in.ID, in.CreatedDate, in.ModifiedDate = e.ID, e.CreatedDate, state.Timestamp(api.Now())
				*e = in
				return nil
			})
			return in, err
		},
	}
}

func readCSPEntry(w http.ResponseWriter, r *http.Request) (e state.CSPEntry, err error) {
	if err := wire.ReadJSON(w, r, &e); err != nil {
		return e, err
	}
	if problem := e.Invalid(); problem != "" {
		return e, wire.BadRequest(problem)
	}
	return e, nil
}

// generateCSP answers GET …/actions/generate-header, as JSON or as plain text.
func (api *API) generateCSP(w http.ResponseWriter, r *http.Request, _ *state.Caller) error {
	policy := api.ContentSecurityPolicy()
	for _, part := range strings.Split(cmp.Or(r.Header.Get("Accept"), "*/*"), ",") {
		switch kind, _, _ := mime.ParseMediaType(part); kind {
		case "application/json", "application/*", "*/*":
			wire.WriteJSON(w, http.StatusOK, map[string]string{"Content-Security-Policy": policy})
			return nil
		case "text/plain", "text/*":
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			_, _ = io.WriteString(w, policy)
			return nil
		}
	}
	return wire.Error{Status: http.StatusNotAcceptable, Code: "HTTP-406", Title: "Not acceptable"}
}
