package wire

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"vitrine/demo/state"
)

// Link is a link of an answer.
type Link struct {
	Href string `json:"href"`
}

// PageLinks are absolute and on the tenant, as they are in Qlik Cloud. Clients
// must follow them as they are.
type PageLinks struct {
	Self Link  `json:"self"`
	Next *Link `json:"next,omitempty"`
	Prev *Link `json:"prev,omitempty"`
}

// cursor is what hides behind next and prev. It belongs to one query: with
// other filters or another order it is an error.
type cursor struct {
	Offset int    `json:"o"`
	Query  string `json:"q"`
}

// Pager cuts one page out of a list that is already filtered and sorted. The base
// is the URL of the tenant.
type Pager[T any] func(base string, r *http.Request, all []T) ([]T, PageLinks, error)

// List answers lists, one page at a time.
type List[T any] struct {
	Base   string // URL of the tenant
	Pager  Pager[T]
	Body   func(T) any // how an entry is answered; nil for as it is
	Totals bool        // totalResults on request
	Meta   any         // beside the page, if not nil
}

// Write answers with one page of the list.
func (l List[T]) Write(w http.ResponseWriter, r *http.Request, all []T) error {
	page, links, err := l.Pager(l.Base, r, all)
	if err != nil {
		return err
	}
	data := make([]any, 0, len(page)) // an empty list is [], not null
	for _, entry := range page {
		data = append(data, l.body(entry))
	}
	answer := map[string]any{"data": data, "links": links}
	if l.Totals && r.URL.Query().Get("totalResults") == "true" {
		answer["totalResults"] = len(all)
	}
	if l.Meta != nil {
		answer["meta"] = l.Meta
	}
	WriteJSON(w, http.StatusOK, answer)
	return nil
}

func (l List[T]) body(entry T) any {
	if l.Body == nil {
		return entry
	}
	return l.Body(entry)
}

// Cursors pages by opaque cursors, which is the usual way.
func Cursors[T any](defaultLimit int) Pager[T] {
	return func(base string, r *http.Request, all []T) ([]T, PageLinks, error) {
		return cursorPage(base, r, all, defaultLimit)
	}
}

func cursorPage[T any](base string, r *http.Request, all []T, defaultLimit int) ([]T, PageLinks, error) {
	q := r.URL.Query()
	limit, err := limitOf(q, defaultLimit)
	if err != nil {
		return nil, PageLinks{}, err
	}
	offset := 0
	for _, name := range []string{"next", "prev"} {
		if value := q.Get(name); value != "" {
			at, ok := decodeCursor(value, q)
			if !ok {
				return nil, PageLinks{}, BadRequest(name + " is not a cursor of this query")
			}
			offset = at
		}
	}
	from := min(offset, len(all))
	to := min(from+limit, len(all))
	links := PageLinks{Self: Link{base + r.URL.RequestURI()}}
	if to < len(all) {
		links.Next = pageLink(base, r, "next", to)
	}
	if from > 0 {
		links.Prev = pageLink(base, r, "prev", max(0, from-limit))
	}
	return all[from:to], links, nil
}

func limitOf(q url.Values, defaultLimit int) (int, error) {
	text := q.Get("limit")
	if text == "" {
		return defaultLimit, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 100 {
		return 0, BadRequest("limit must be a number from 1 to 100")
	}
	return n, nil
}

func pageLink(base string, r *http.Request, name string, offset int) *Link {
	q := r.URL.Query()
	raw, _ := json.Marshal(cursor{offset, queryHash(q)})
	q.Del("next")
	q.Del("prev")
	// Standard base64 on purpose: its signs must survive the client's decoding
	// and encoding again.
	q.Set(name, base64.StdEncoding.EncodeToString(raw))
	return &Link{base + r.URL.EscapedPath() + "?" + q.Encode()}
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
	return base64.RawURLEncoding.EncodeToString(sum[:6])
}

// Numbers pages by the parameter "page".
func Numbers[T any](base string, r *http.Request, all []T) ([]T, PageLinks, error) {
	q := r.URL.Query()
	limit, page := 20, 1
	for name, value := range map[string]*int{"limit": &limit, "page": &page} {
		if text := q.Get(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 || name == "limit" && n > 100 {
				return nil, PageLinks{}, BadRequest(name + " is out of range")
			}
			*value = n
		}
	}
	from := min((page-1)*limit, len(all))
	to := min(from+limit, len(all))
	at := func(n int) *Link {
		q.Set("page", strconv.Itoa(n))
		return &Link{base + r.URL.EscapedPath() + "?" + q.Encode()}
	}
	links := PageLinks{Self: Link{base + r.URL.RequestURI()}}
	if to < len(all) {
		links.Next = at(page + 1)
	}
	if page > 1 {
		links.Prev = at(page - 1)
	}
	return all[from:to], links, nil
}

// Neighbors pages by startingAfter and endingBefore, which name the record beside
// the page.
func Neighbors[T state.Record](base string, r *http.Request, list []T) ([]T, PageLinks, error) {
	q := r.URL.Query()
	limit, err := limitOf(q, 10)
	if err != nil {
		return nil, PageLinks{}, err
	}
	at := func(name string) int {
		return slices.IndexFunc(list, func(record T) bool { return record.Key() == q.Get(name) })
	}
	from := 0
	switch {
	case q.Get("startingAfter") != "":
		from = at("startingAfter") + 1
	case q.Get("endingBefore") != "":
		from = max(0, at("endingBefore")-limit)
		limit = max(0, at("endingBefore")) - from
	}
	to := min(from+limit, len(list))
	beside := func(name, id string) *Link {
		q.Del("startingAfter")
		q.Del("endingBefore")
		q.Set(name, id)
		return &Link{base + r.URL.EscapedPath() + "?" + q.Encode()}
	}
	page := list[from:to]
	links := PageLinks{Self: Link{base + r.URL.RequestURI()}}
	if to < len(list) && len(page) > 0 {
		links.Next = beside("startingAfter", list[to-1].Key())
	}
	if from > 0 && len(page) > 0 {
		links.Prev = beside("endingBefore", page[0].Key())
	}
	return page, links, nil
}
