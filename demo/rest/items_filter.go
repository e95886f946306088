package rest

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"vitrine/demo/state"
	"vitrine/demo/wire"
)

// selectApps returns the apps that the user may see and the query selects, in
// its order.
func (api *API) selectApps(user *state.User, q url.Values) ([]*state.App, error) {
	if q.Has("resourceId") && !q.Has("resourceType") {
		return nil, wire.BadRequest("resourceId needs resourceType")
	}
	var list []*state.App
	for _, a := range api.Content.Apps {
		if user.CanSee(a) && api.matches(user, a, q) {
			list = append(list, a)
		}
	}
	used := api.Recent.Of(user.ID)
	return list, wire.Sort(list, cmp.Or(q.Get("sort"), "createdAt"), map[string]func(a, b *state.App) int{
		"name":      wire.ByText(func(a *state.App) string { return a.Name }),
		"createdAt": func(a, b *state.App) int { return a.Created.Compare(b.Created) },
		"updatedAt": func(a, b *state.App) int { return a.Updated().Compare(b.Updated()) },
		"recentlyUsed": func(a, b *state.App) int {
			return cmp.Or(used[a.ID].Compare(used[b.ID]), a.Updated().Compare(b.Updated()))
		},
	})
}

func (api *API) matches(user *state.User, a *state.App, q url.Values) bool {
	is := func(name, value string) bool { return !q.Has(name) || slices.Contains(commaList(q.Get(name)), value) }
	isNot := func(name, value string) bool { return !q.Has(name) || q.Get(name) != value }
	contains := func(name string, texts ...string) bool {
		want := strings.ToLower(q.Get(name))
		return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(strings.ToLower(text), want) })
	}
	return matchesType(a, q) &&
		is("resourceSubType", a.SubType) && is("resourceId", a.ID) && is("resourceIds", a.ID) && is("id", a.ItemID) &&
		is("spaceId", cmp.Or(a.SpaceID(), "personal")) && is("spaceType", a.SpaceKind()) &&
		is("ownerId", a.Owner.ID) && isNot("notOwnerId", a.Owner.ID) &&
		is("createdByUserId", a.Owner.ID) && isNot("notCreatedByUserId", a.Owner.ID) &&
		contains("name", a.Name) && contains("query", a.Name, a.Description) &&
		(!q.Has("collectionId") || isFavorites(user, q.Get("collectionId")) && api.Favorites.Has(user, a)) &&
		(!q.Has("shared") || (q.Get("shared") == "true") == (a.SpaceKind() == "shared"))
}

// matchesType reads "app", "app,note" and "app[dataflow-prep]".
func matchesType(a *state.App, q url.Values) bool {
	if !q.Has("resourceType") {
		return true
	}
	for _, kind := range commaList(q.Get("resourceType")) {
		name, subTypes, bracketed := strings.Cut(kind, "[")
		if name == "app" && (!bracketed || strings.TrimSuffix(subTypes, "]") == a.SubType) {
			return true
		}
	}
	return false
}

func commaList(text string) []string { return strings.Split(text, ",") }
