package demo

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
)

// selectApps returns the apps that the person may see and the query asks for,
// in the order it asks for.
func (api *restAPI) selectApps(user *person, q url.Values) ([]*app, error) {
	less, err := api.orderOf(user, q.Get("sort"))
	if err != nil {
		return nil, err
	}
	if q.Has("resourceId") && !q.Has("resourceType") {
		return nil, badRequest("resourceId needs resourceType")
	}
	var list []*app
	for _, a := range api.Content.apps {
		if user.canSee(a) && api.matches(user, a, q) {
			list = append(list, a)
		}
	}
	slices.SortStableFunc(list, less)
	return list, nil
}

func (api *restAPI) matches(user *person, a *app, q url.Values) bool {
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
		(!q.Has("collectionId") || isfavorites(user, q.Get("collectionId")) && api.Favorites.Has(user, a)) &&
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
func (api *restAPI) orderOf(user *person, sort string) (func(a, b *app) int, error) {
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
		used := api.Recent.Of(user.ID)
		order = func(a, b *app) int {
			return cmp.Or(used[a.id].Compare(used[b.id]), a.updated().Compare(b.updated()))
		}
	default:
		return nil, badRequest("sort must be one of name, createdAt, updatedAt, recentlyUsed, with + or -")
	}
	if strings.HasPrefix(sort, "-") {
		ascending := order
		order = func(a, b *app) int { return ascending(b, a) }
	}
	return order, nil
}

func commaList(text string) []string { return strings.Split(text, ",") }
