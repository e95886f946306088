package demo

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

type link struct {
	Href string `json:"href"`
}

// pageLinks are absolute and on the tenant, as they are in Qlik Cloud. Clients
// must follow them as they are.
type pageLinks struct {
	Self link  `json:"self"`
	Next *link `json:"next,omitempty"`
	Prev *link `json:"prev,omitempty"`
}

// cursor is what hides behind next and prev. It belongs to one query: with
// other filters or another order it is refused.
type cursor struct {
	Offset int    `json:"o"`
	Query  string `json:"q"`
}

// writePageWithTotal answers with a page of the list, and how long all of it is
// to those who ask.
func writePageWithTotal[T any](t *Tenant, w http.ResponseWriter, r *http.Request, all []T) *apiError {
	page, links, no := pageOf(t, r, all, 20)
	if no != nil {
		return no
	}
	body := map[string]any{"data": page, "links": links}
	if r.URL.Query().Get("totalResults") == "true" {
		body["totalResults"] = len(all)
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

// pageOf cuts one page out of a list that is already filtered and sorted.
func pageOf[T any](t *Tenant, r *http.Request, all []T, defaultLimit int) ([]T, pageLinks, *apiError) {
	q := r.URL.Query()
	limit, no := limitOf(q, defaultLimit)
	if no != nil {
		return nil, pageLinks{}, no
	}
	offset := 0
	for _, name := range []string{"next", "prev"} {
		if value := q.Get(name); value != "" {
			at, ok := decodeCursor(value, q)
			if !ok {
				no := badRequest(name + " is not a cursor of this query")
				return nil, pageLinks{}, &no
			}
			offset = at
		}
	}
	from := min(offset, len(all))
	to := min(from+limit, len(all))
	links := pageLinks{Self: link{t.url + r.URL.RequestURI()}}
	if to < len(all) {
		links.Next = t.pageLink(r, "next", to)
	}
	if from > 0 {
		links.Prev = t.pageLink(r, "prev", max(0, from-limit))
	}
	page := slices.Clone(all[from:to])
	if page == nil {
		page = []T{} // an empty list is [], not null
	}
	return page, links, nil
}

func limitOf(q url.Values, defaultLimit int) (int, *apiError) {
	text := q.Get("limit")
	if text == "" {
		return defaultLimit, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 100 {
		no := badRequest("limit must be a number from 1 to 100")
		return 0, &no
	}
	return n, nil
}

func (t *Tenant) pageLink(r *http.Request, name string, offset int) *link {
	q := r.URL.Query()
	raw, _ := json.Marshal(cursor{offset, queryHash(q)})
	q.Del("next")
	q.Del("prev")
	// Standard base64 on purpose: its signs must survive the client's decoding
	// and encoding again.
	q.Set(name, base64.StdEncoding.EncodeToString(raw))
	return &link{t.url + r.URL.EscapedPath() + "?" + q.Encode()}
}

func decodeCursor(value string, q url.Values) (offset int, ok bool) {
	raw, err := base64.StdEncoding.DecodeString(value)
	var c cursor
	if err != nil || json.Unmarshal(raw, &c) != nil || c.Offset < 0 || c.Query != queryHash(q) {
		return 0, false
	}
	return c.Offset, true
}

// queryHash covers what decides the list and its order, not the page.
func queryHash(q url.Values) string {
	rest := url.Values{}
	for name, values := range q {
		if name != "next" && name != "prev" && name != "limit" {
			rest[name] = values
		}
	}
	sum := sha256.Sum256([]byte(rest.Encode()))
	return encode64(sum[:6])
}
