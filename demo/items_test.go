package demo_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"vitrine/demo/demotest"
)

// all follows the absolute links of a list to its end.
func all(t *testing.T, s *demotest.Server, token, path string) []map[string]any {
	t.Helper()
	var list []map[string]any
	for next := path; next != ""; {
		a := call(t, s, token, "GET", next, "")
		if a.status != 200 {
			t.Fatalf("GET %s: %d %s", next, a.status, a.raw)
		}
		for _, entry := range a.body["data"].([]any) {
			list = append(list, entry.(map[string]any))
		}
		next = linkOf(a, "next")
		if next != "" && !strings.HasPrefix(next, s.URL+"/") {
			t.Fatalf("link %q is not absolute on the tenant", next)
		}
	}
	return list
}

func linkOf(a answer, name string) string {
	links, _ := a.body["links"].(map[string]any)
	l, _ := links[name].(map[string]any)
	href, _ := l["href"].(string)
	return href
}

func namesOf(list []map[string]any) []string {
	var names []string
	for _, entry := range list {
		names = append(names, entry["name"].(string))
	}
	return names
}

func TestItemsPageWithoutLossOrRepeat(t *testing.T) {
	s := demotest.New(t)
	token := s.AccessToken(t, s.Admin())
	paged := namesOf(all(t, s, token, "/api/v1/items?limit=7&sort=%2Bname"))
	whole := namesOf(all(t, s, token, "/api/v1/items?limit=100&sort=%2Bname"))
	if !slices.Equal(paged, whole) || len(whole) < 64 {
		t.Errorf("%d apps by sevens, %d at once", len(paged), len(whole))
	}
	first := call(t, s, token, "GET", "/api/v1/items?limit=7", "")
	second := call(t, s, token, "GET", linkOf(first, "next"), "")
	back := call(t, s, token, "GET", linkOf(second, "prev"), "")
	if fmt.Sprint(back.body["data"]) != fmt.Sprint(first.body["data"]) {
		t.Error("prev does not lead back")
	}
	// The libraries decode and encode the query once more.
	u, err := url.Parse(linkOf(first, "next"))
	if err != nil {
		t.Fatal(err)
	}
	again := call(t, s, token, "GET", s.URL+u.Path+"?"+u.Query().Encode(), "")
	if fmt.Sprint(again.body["data"]) != fmt.Sprint(second.body["data"]) {
		t.Error("a cursor did not survive decoding and encoding")
	}
}

func TestItemsRefuseWhatTheyCannotRead(t *testing.T) {
	s := demotest.New(t)
	token := s.AccessToken(t, s.Viewer())
	next := linkOf(call(t, s, token, "GET", "/api/v1/items?limit=5", ""), "next")
	for _, path := range []string{
		"/api/v1/items?limit=0", "/api/v1/items?limit=101", "/api/v1/items?limit=x", "/api/v1/items?next=x",
		"/api/v1/items?sort=%2Bsize", "/api/v1/items?resourceId=x", next + "&name=other",
	} {
		if a := call(t, s, token, "GET", path, ""); a.status != 400 || a.errorCode() != "HTTP-400" {
			t.Errorf("GET %s: %d %s", path, a.status, a.raw)
		}
	}
}

func TestVisibility(t *testing.T) {
	s := demotest.New(t)
	viewer, analyst, admin := s.AccessToken(t, s.Viewer()), s.AccessToken(t, s.Analyst()), s.AccessToken(t, s.Admin())
	spaces := func(token string) string {
		return strings.Join(namesOf(all(t, s, token, "/api/v1/spaces?limit=2")), ", ")
	}
	if v, a, all := spaces(viewer), spaces(analyst), spaces(admin); v != "Operations, Sales" ||
		a != "Finance, Operations, Sales" || all != "Finance, Operations, People & Culture, Sales" {
		t.Errorf("spaces: viewer %q, analyst %q, admin %q", v, a, all)
	}
	mine := all(t, s, analyst, "/api/v1/items?spaceId=personal&sort=%2Bname")
	if names := namesOf(mine); len(names) != 2 || names[0] != "Amir's scratchpad" {
		t.Fatalf("personal apps: %v", names)
	}
	item, app := mine[0]["id"].(string), mine[0]["resourceId"].(string)
	if call(t, s, analyst, "GET", "/api/v1/apps/"+app, "").status != 200 {
		t.Error("the owner cannot read a personal app")
	}
	for _, path := range []string{"items/" + item, "apps/" + app, "apps/" + app + "/media/thumbnail", "apps/" + app + "/data/metadata"} {
		if a := call(t, s, admin, "GET", "/api/v1/"+path, ""); a.status != 404 {
			t.Errorf("an admin reads somebody's personal %s: %d", path, a.status)
		}
	}
	for _, token := range []string{viewer, analyst, admin} {
		if slices.Contains(namesOf(all(t, s, token, "/api/v1/items?limit=100")), "Reorganisation 2027") {
			t.Error("the private app of a colleague shows")
		}
	}
}

func TestItemFilters(t *testing.T) {
	s := demotest.New(t)
	token := s.AccessToken(t, s.Analyst())
	space := all(t, s, token, "/api/v1/spaces?name=fin")[0]["id"].(string)
	some := all(t, s, token, "/api/v1/items?name=customer%20360")[0]
	total := len(all(t, s, token, "/api/v1/items?limit=100"))
	owned := len(all(t, s, token, "/api/v1/items?limit=100&ownerId="+s.Analyst().ID))
	for query, want := range map[string]int{
		"resourceType=app":                    total,
		"resourceType=note":                   0,
		"resourceType=note,app":               total,
		"resourceType=app%5Bdataflow-prep%5D": 1,
		"resourceSubType=dataflow-prep":       1,
		"spaceId=" + space:                    16,
		"spaceId=personal":                    2,
		"spaceType=managed":                   16,
		"spaceType=shared,personal":           34,
		"name=PROFIT":                         1,
		"query=weighted":                      1,
		"name=weighted":                       0,
		"collectionId=favorites":              0,
		"notOwnerId=" + s.Analyst().ID:        total - owned,
		"resourceType=app&resourceId=" + some["resourceId"].(string): 1,
		"resourceIds=" + some["resourceId"].(string) + ",unknown":    1,
	} {
		if got := len(all(t, s, token, "/api/v1/items?limit=100&"+query)); got != want {
			t.Errorf("%s: %d items, want %d", query, got, want)
		}
	}
	if owned < 3 || owned == total {
		t.Errorf("the analyst owns %d of %d", owned, total)
	}
	if a := call(t, s, token, "GET", "/api/v1/items?noActions=true&limit=1", ""); strings.Contains(a.raw, `"open",`) || strings.Contains(a.raw, `"read"`) {
		t.Errorf("actions in spite of noActions: %s", a.raw)
	}
}

func TestItemOrder(t *testing.T) {
	s := demotest.New(t)
	token := s.AccessToken(t, s.Admin())
	for sort, field := range map[string]string{"name": "name", "createdAt": "createdAt", "updatedAt": "updatedAt", "": "createdAt"} {
		list := all(t, s, token, "/api/v1/items?limit=100&sort="+url.QueryEscape(sort))
		key := func(entry map[string]any) string { return strings.ToLower(entry[field].(string)) }
		if !slices.IsSortedFunc(list, func(a, b map[string]any) int { return strings.Compare(key(a), key(b)) }) {
			t.Errorf("sort=%s is not in order", sort)
		}
	}
	down := all(t, s, token, "/api/v1/items?limit=100&sort=-updatedAt")
	if down[0]["updatedAt"].(string) < down[len(down)-1]["updatedAt"].(string) {
		t.Error("sort=-updatedAt ascends")
	}
}

func TestFavouritesBelongToOnePerson(t *testing.T) {
	s := demotest.New(t)
	viewer, analyst := s.AccessToken(t, s.Viewer()), s.AccessToken(t, s.Analyst())
	redirect := call(t, s, viewer, "GET", "/api/v1/collections/favorites", "")
	collection := redirect.header.Get("Location")
	if redirect.status != 302 || call(t, s, viewer, "GET", collection, "").text("type") != "favorite" {
		t.Fatalf("favorites: %d to %q", redirect.status, collection)
	}
	item := all(t, s, viewer, "/api/v1/items?limit=1")[0]["id"].(string)
	body := `{"id":"` + item + `"}`
	if a := call(t, s, viewer, "POST", collection+"/items", body); a.status != 201 {
		t.Fatalf("add: %d %s", a.status, a.raw)
	}
	if a := call(t, s, viewer, "POST", collection+"/items", body); a.status != 409 {
		t.Errorf("add again: %d", a.status)
	}
	if a := call(t, s, viewer, "GET", "/api/v1/items/"+item, ""); a.body["isFavorited"] != true {
		t.Errorf("not marked: %s", a.raw)
	}
	if got := all(t, s, viewer, "/api/v1/collections/favorites/items"); len(got) != 1 {
		t.Errorf("the list has %d", len(got))
	}
	if got := all(t, s, analyst, "/api/v1/collections/favorites/items"); len(got) != 0 {
		t.Error("somebody else's favourites show")
	}
	if a := call(t, s, analyst, "GET", collection, ""); a.status != 404 {
		t.Errorf("somebody else's collection: %d", a.status)
	}
	if a := call(t, s, viewer, "DELETE", collection+"/items/"+item, ""); a.status != 204 {
		t.Errorf("remove: %d", a.status)
	}
	if a := call(t, s, viewer, "DELETE", collection+"/items/"+item, ""); a.status != 404 {
		t.Errorf("remove again: %d", a.status)
	}
}
