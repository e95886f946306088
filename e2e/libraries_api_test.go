package e2e

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// testAPI: the REST part of @qlik/api, not a line of it changed, in a page of
// the portal's origin.
func testAPI(t *testing.T, s *site) {
	viewer := s.visitor(t, s.tenantItself.Viewer())
	b := viewer.mashup(t, s, "api.html")
	t.Run("lists are paged to the end and back", func(t *testing.T) { testPaging(b.in(t), s) })
	t.Run("people and spaces", func(t *testing.T) { testPeopleAndSpaces(b.in(t), s) })
	t.Run("errors are readable", func(t *testing.T) { testErrors(b.in(t), s) })
	t.Run("a favourite is added and removed", func(t *testing.T) { testFavourite(b.in(t)) })
	t.Run("a file is downloaded", func(t *testing.T) { testDownload(b.in(t), s) })
	t.Run("a rate limit is told and obeyed", func(t *testing.T) { testRateLimit(b.in(t), s) })
	t.Run("an admin creates, patches and deletes", func(t *testing.T) { testIntegration(t, s) })
	b.checkOnlyPortal(s)
	t.Run("in a page of the portal itself", func(t *testing.T) { testOwnPage(viewer.in(t).newTab(), s, s.tenantItself.Viewer()) })
}

func testPaging(b *tab, s *site) {
	var items struct {
		Forth, Back [][]string
		Links       []string
	}
	b.read(`mashup.paging(() => mashup.qlik.items.getItems({ limit: 7, resourceType: "app" }))`, &items)
	if len(items.Forth) < 4 || len(items.Forth[0]) != 7 {
		b.t.Fatalf("next() brought %d pages: %q", len(items.Forth), items.Forth)
	}
	all := slices.Concat(items.Forth...)
	if unique := slices.Compact(slices.Sorted(slices.Values(all))); len(unique) != len(all) {
		b.t.Errorf("%d items, %d of them different", len(all), len(unique))
	}
	back := slices.Clone(items.Forth[:len(items.Forth)-1])
	slices.Reverse(back)
	if !reflect.DeepEqual(items.Back, back) {
		b.t.Errorf("prev() brought %q, want %q", items.Back, back)
	}
	for _, link := range items.Links {
		if !strings.HasPrefix(link, s.url+"/qlik/api/v1/items?") {
			b.t.Errorf("a paging link leads to %s", link)
		}
	}
}

func testPeopleAndSpaces(b *tab, s *site) {
	var who struct{ Me, Again string }
	b.read(`(async ({ users }) => {
		const { data: me } = await users.getMyUser();
		const { data: again } = await users.getUser(me.id, {});
		return { Me: me.email, Again: again.name };
	})(mashup.qlik)`, &who)
	if viewer := s.tenantItself.Viewer(); who.Me != viewer.Email || who.Again != viewer.Name {
		b.t.Errorf("users: %+v, want %s", who, viewer.Email)
	}
	var spaces struct{ Forth, Back [][]string }
	b.read(`mashup.paging(() => mashup.qlik.spaces.getSpaces({ limit: 1 }))`, &spaces)
	if len(spaces.Forth) < 2 || len(spaces.Back) != len(spaces.Forth)-1 {
		b.t.Errorf("spaces: %q, back %q", spaces.Forth, spaces.Back)
	}
}

// refusal is how a call of the library failed.
type refusal struct {
	Status                           int
	Code, Title, Said, Trace, Answer string
}

func (b *tab) refusal(call string) (r refusal) {
	b.t.Helper()
	b.read(`mashup.refusal(({ items, audits, users, roles, themes, apiKeys }) => `+call+`)`, &r)
	return r
}

func testErrors(b *tab, s *site) {
	for _, c := range []struct {
		name, call string
		want       refusal
	}{
		{"the tenant's 404", `items.getItem("none")`, refusal{Status: 404, Code: "HTTP-404", Title: "Not found", Said: "404"}},
		{"the tenant's 403", `audits.getAudits({})`, refusal{Status: 403, Code: "HTTP-403", Title: "Forbidden", Said: "403"}},
		{"the tenant's 400", `items.getItems({ limit: -1 })`, refusal{Status: 400, Code: "HTTP-400", Title: "Bad request", Said: "400"}},
		{"what is not relayed", `apiKeys.getApiKeys({})`, refusal{Status: 404, Code: "HTTP-404", Title: "Not relayed", Said: "404"}},
	} {
		b.t.Run(c.name, func(t *testing.T) {
			got := b.in(t).refusal(c.call)
			if got.Trace == "" {
				t.Error("no trace ID")
			}
			if got.Trace = ""; got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
	s.tenant.close()
	defer s.tenant.reopen()
	if got := b.refusal(`themes.getThemes({})`); got.Status != 502 || got.Said != "502" || got.Title != "The tenant could not be reached" || got.Trace == "" {
		b.t.Errorf("while the tenant is away: %+v", got)
	}
}

// testRateLimit: while the tenant wants to be left alone, it is, and the page
// reads why.
func testRateLimit(b *tab, s *site) {
	s.control("POST", "/faults", `{"path":"/api/v1/roles","kind":"status","status":429,"retryAfter":1,"count":1}`)
	for range 2 {
		got := b.refusal(`roles.getRoles({})`)
		if got.Status != 429 || got.Code != "HTTP-429" || got.Said != "429" || got.Trace == "" {
			b.t.Errorf("got %+v", got)
		}
	}
	b.until("the limit to pass", `(await mashup.refusal(({ roles }) => roles.getRoles({}))).Answer`)
}

func testFavourite(b *tab) {
	var did struct {
		Statuses   []int
		Came, Went bool
	}
	b.read(`mashup.favourite()`, &did)
	if !slices.Equal(did.Statuses, []int{201, 204}) || !did.Came || !did.Went {
		b.t.Errorf("got %+v", did)
	}
	b.checkNoTokenAsked()
}

// checkNoTokenAsked: in this mode the library sends no CSRF token, so nothing
// may ask for one.
func (b *tab) checkNoTokenAsked() {
	b.t.Helper()
	b.look(func() {
		for _, r := range b.requests {
			if strings.Contains(r.url, "csrf") {
				b.t.Errorf("the library asked %s", r.url)
			}
		}
		for _, h := range b.headers {
			if h.sent && strings.Contains(h.name, "csrf") {
				b.t.Errorf("the library sent %s", h.name)
			}
		}
	})
}

func testDownload(b *tab, s *site) {
	var file struct {
		Location, Type, Kind, Head string
		Announced, Size, Linked    int
	}
	b.read(`mashup.download()`, &file)
	if !strings.HasPrefix(file.Location, s.url+"/qlik/api/v1/temp-contents/") {
		b.t.Errorf("the file is said to be at %s", file.Location)
	}
	if file.Type != "image/png" || file.Linked != file.Announced || file.Size != file.Announced || file.Head != "PNG" {
		b.t.Errorf("got %+v", file)
	}
}

func testIntegration(t *testing.T, s *site) {
	b := s.visitor(t, s.tenantItself.Admin()).mashup(t, s, "api.html")
	var did struct {
		Statuses []int
		Name     string
	}
	b.read(`mashup.integration()`, &did)
	if !slices.Equal(did.Statuses, []int{201, 204, 204}) || did.Name != "Grüße & Ümlaute" {
		t.Errorf("got %+v", did)
	}
	b.checkNoTokenAsked()
	b.checkOnlyPortal(s)
}
