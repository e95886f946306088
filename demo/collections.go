package demo

import (
	"encoding/json"
	"net/http"
	"slices"
)

// The only collection of a person here is the one of favorites.

func favoritesID(user *person) string { return StableID("favourites", user.ID) }

func isfavorites(user *person, id string) bool { return id == "favorites" || id == favoritesID(user) }

// collections answers GET /api/v1/collections, which leaves favorites out.
func (api *restAPI) collections(w http.ResponseWriter, r *http.Request, _ *Caller) error {
	page, links, err := Page(api.URL, r, []any{}, 10)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, map[string]any{"data": page, "links": links})
	return nil
}

// favorites answers GET /api/v1/collections/favorites with a redirect, as the real one.
func (api *restAPI) favorites(w http.ResponseWriter, r *http.Request, caller *Caller) error {
	http.Redirect(w, r, "/api/v1/collections/"+favoritesID(caller.person), http.StatusFound)
	return nil
}

func (api *restAPI) collection(w http.ResponseWriter, r *http.Request, caller *Caller) error {
	if !isfavorites(caller.person, r.PathValue("collectionId")) {
		return errNotFound
	}
	id := favoritesID(caller.person)
	base := api.URL + "/api/v1/collections/" + id
	writeJSON(w, http.StatusOK, map[string]any{
		"id": id, "name": "Favorites", "type": "favorite", "tenantId": api.Content.tenantID, "creatorId": caller.ID,
		"itemCount": len(api.Favorites.Of(caller.person)), "createdAt": Timestamp(api.Content.created), "updatedAt": Timestamp(api.Content.created),
		"links": map[string]Link{"self": {base}, "items": {base + "/items"}},
	})
	return nil
}

func (api *restAPI) collectionItems(w http.ResponseWriter, r *http.Request, caller *Caller) error {
	if !isfavorites(caller.person, r.PathValue("collectionId")) {
		return errNotFound
	}
	q := r.URL.Query()
	list, err := api.selectApps(caller.person, q)
	if err != nil {
		return err
	}
	// Without an order of its own, a collection lists in the order of adding.
	favorites := api.Favorites.Of(caller.person)
	if q.Has("sort") {
		favorites = slices.DeleteFunc(slices.Clone(list), func(a *app) bool { return !slices.Contains(favorites, a) })
	} else {
		favorites = slices.DeleteFunc(favorites, func(a *app) bool { return !slices.Contains(list, a) })
	}
	return api.writeItems(w, r, caller.person, favorites, q)
}

// addToCollection answers POST /api/v1/collections/{collectionId}/items. The
// body names an item, not an app.
func (api *restAPI) addToCollection(w http.ResponseWriter, r *http.Request, caller *Caller) error {
	if !isfavorites(caller.person, r.PathValue("collectionId")) {
		return errNotFound
	}
	var body struct {
		ID string `json:"id"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10)).Decode(&body); err != nil || body.ID == "" {
		return badRequest("the body must be a JSON object with the id of an item")
	}
	a := api.Content.appByItemID(caller.person, body.ID)
	if a == nil {
		return errNotFound
	}
	if !api.Favorites.Set(caller.person, a, true) {
		return apiError{Status: http.StatusConflict, Code: "HTTP-409", Title: "Conflict", Detail: "the item is in the collection already"}
	}
	writeJSON(w, http.StatusCreated, api.newItem(a, caller.person, true))
	return nil
}

func (api *restAPI) removeFromCollection(w http.ResponseWriter, r *http.Request, caller *Caller) error {
	a := api.Content.appByItemID(caller.person, r.PathValue("itemId"))
	if !isfavorites(caller.person, r.PathValue("collectionId")) || a == nil || !api.Favorites.Set(caller.person, a, false) {
		return errNotFound
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
