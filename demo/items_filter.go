package demo

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// selectApps returns the apps that the person may see and the query asks for,
// in the order it asks for.
func (t *Tenant) selectApps(who *person, q url.Values) ([]*app, *apiError) {
	less, no := t.orderOf(who, q.Get("sort"))
	if no != nil {
		return nil, no
	}
	if q.Has("resourceId") && !q.Has("resourceType") {
		no := badRequest("resourceId needs resourceType")
		return nil, &no
	}
	var list []*app
	for _, a := range t.content.apps {
		if who.canSee(a) && t.matches(who, a, q) {
			list = append(list, a)
		}
	}
	slices.SortStableFunc(list, less)
	return list, nil
}

func (t *Tenant) matches(who *person, a *app, q url.Values) bool {
	is := func(name, value string) bool { return !q.Has(name) || slices.Contains(commaList(q.Get(name)), value) }
	isNot := func(name, value string) bool { return !q.Has(name) || q.Get(name) != value }
	contains := func(name string, texts ...string) bool {
		want := strings.ToLower(q.Get(name))
		return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(strings.ToLower(text), want) })
	}
	return matchesType(a, q) &&
		is("resourceSubType", a.subType) && is("resourceId", a.id) && is("resourceIds", a.id) && is("id", a.itemID) &&
		is("spaceId", cmp.Or(a.spaceID(), "personal")) && is("spaceType", a.spaceKind()) &&
		is("ownerId", a.owner.ID) && isNot("notOwnerId", a.owner.ID) &&
		is("createdByUserId", a.owner.ID) && isNot("notCreatedByUserId", a.owner.ID) &&
		contains("name", a.name) && contains("query", a.name, a.description) &&
		(!q.Has("collectionId") || isFavourites(who, q.Get("collectionId")) && t.favourites.has(who, a)) &&
		(!q.Has("shared") || (q.Get("shared") == "true") == (a.spaceKind() == "shared"))
}

// matchesType reads "app", "app,note" and "app[dataflow-prep]".
func matchesType(a *app, q url.Values) bool {
	if !q.Has("resourceType") {
		return true
	}
	for _, kind := range commaList(q.Get("resourceType")) {
		name, subTypes, bracketed := strings.Cut(kind, "[")
		if name == "app" && (!bracketed || strings.TrimSuffix(subTypes, "]") == a.subType) {
			return true
		}
	}
	return false
}

// orderOf understands ±name, ±createdAt, ±updatedAt and ±recentlyUsed.
func (t *Tenant) orderOf(who *person, sort string) (func(a, b *app) int, *apiError) {
	if sort == "" {
		sort = "+createdAt"
	}
	// An unencoded plus arrives as a space.
	field := strings.TrimLeft(sort, "+- ")
	var order func(a, b *app) int
	switch field {
	case "name":
		order = func(a, b *app) int { return cmp.Compare(strings.ToLower(a.name), strings.ToLower(b.name)) }
	case "createdAt":
		order = func(a, b *app) int { return a.created.Compare(b.created) }
	case "updatedAt":
		order = func(a, b *app) int { return a.updated().Compare(b.updated()) }
	case "recentlyUsed":
		used := t.sockets.lastUse(who.ID)
		order = func(a, b *app) int {
			return cmp.Or(used[a.id].Compare(used[b.id]), a.updated().Compare(b.updated()))
		}
	default:
		no := badRequest("sort must be one of name, createdAt, updatedAt, recentlyUsed, with + or -")
		return nil, &no
	}
	if strings.HasPrefix(sort, "-") {
		ascending := order
		order = func(a, b *app) int { return ascending(b, a) }
	}
	return order, nil
}

func (a *app) updated() time.Time {
	if a.reloaded.After(a.modified) {
		return a.reloaded
	}
	return a.modified
}

func (a *app) spaceKind() string {
	if a.space == nil {
		return "personal"
	}
	return a.space.kind
}

func commaList(text string) []string { return strings.Split(text, ",") }

// favouriteTable keeps each person's favourites, the newest last.
type favouriteTable struct {
	mu   sync.Mutex
	apps map[string][]*app // by person ID
}

func newFavouriteTable() *favouriteTable { return &favouriteTable{apps: make(map[string][]*app)} }

func (f *favouriteTable) has(who *person, a *app) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Contains(f.apps[who.ID], a)
}

func (f *favouriteTable) of(who *person) []*app {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.apps[who.ID])
}

// set adds or removes a favourite and reports whether that changed anything.
func (f *favouriteTable) set(who *person, a *app, wanted bool) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := slices.Index(f.apps[who.ID], a)
	if (at >= 0) == wanted {
		return false
	}
	if wanted {
		f.apps[who.ID] = append(f.apps[who.ID], a)
	} else {
		f.apps[who.ID] = slices.Delete(f.apps[who.ID], at, at+1)
	}
	return true
}
