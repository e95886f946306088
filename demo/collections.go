package demo

import (
	"encoding/json"
	"net/http"
	"slices"
)

// The only collection of a person here is the one of favourites.

func favouritesID(who *person) string { return stableID("favourites", who.ID) }

func isFavourites(who *person, id string) bool { return id == "favorites" || id == favouritesID(who) }

// collections answers GET /api/v1/collections, which leaves favourites out.
func (t *Tenant) collections(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	page, links, no := pageOf(t, r, []any{}, 10)
	if no != nil {
		return no
	}
	writeJSON(w, http.StatusOK, map[string]any{"data": page, "links": links})
	return nil
}

// favorites answers GET /api/v1/collections/favorites with a redirect, as the real one.
func (t *Tenant) favorites(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
	http.Redirect(w, r, "/api/v1/collections/"+favouritesID(who.person), http.StatusFound)
	return nil
}

func (t *Tenant) collection(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
	if !isFavourites(who.person, r.PathValue("collectionId")) {
		return &errNotFound
	}
	id := favouritesID(who.person)
	base := t.url + "/api/v1/collections/" + id
	writeJSON(w, http.StatusOK, map[string]any{
		"id": id, "name": "Favorites", "type": "favorite", "tenantId": t.content.tenantID, "creatorId": who.ID,
		"itemCount": len(t.favourites.of(who.person)), "createdAt": wireTime(t.content.created), "updatedAt": wireTime(t.content.created),
		"links": map[string]link{"self": {base}, "items": {base + "/items"}},
	})
	return nil
}

func (t *Tenant) collectionItems(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
	if !isFavourites(who.person, r.PathValue("collectionId")) {
		return &errNotFound
	}
	q := r.URL.Query()
	list, no := t.selectApps(who.person, q)
	if no != nil {
		return no
	}
	// Without an order of its own, a collection lists in the order of adding.
	favourites := t.favourites.of(who.person)
	if q.Has("sort") {
		favourites = slices.DeleteFunc(slices.Clone(list), func(a *app) bool { return !slices.Contains(favourites, a) })
	} else {
		favourites = slices.DeleteFunc(favourites, func(a *app) bool { return !slices.Contains(list, a) })
	}
	return t.writeItems(w, r, who.person, favourites, q)
}

// addToCollection answers POST /api/v1/collections/{collectionId}/items. The
// body names an item, not an app.
func (t *Tenant) addToCollection(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
	if !isFavourites(who.person, r.PathValue("collectionId")) {
		return &errNotFound
	}
	var body struct {
		ID string `json:"id"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10)).Decode(&body); err != nil || body.ID == "" {
		no := badRequest("the body must be a JSON object with the id of an item")
		return &no
	}
	a := t.content.appByItemID(who.person, body.ID)
	if a == nil {
		return &errNotFound
	}
	if !t.favourites.set(who.person, a, true) {
		return &apiError{status: http.StatusConflict, code: "HTTP-409", title: "Conflict", detail: "the item is in the collection already"}
	}
	writeJSON(w, http.StatusCreated, t.newItem(a, who.person, true))
	return nil
}

func (t *Tenant) removeFromCollection(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
	a := t.content.appByItemID(who.person, r.PathValue("itemId"))
	if !isFavourites(who.person, r.PathValue("collectionId")) || a == nil || !t.favourites.set(who.person, a, false) {
		return &errNotFound
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
