package rest

import (
	"encoding/json"
	"net/http"
	"slices"

	"vitrine/demo/state"
	"vitrine/demo/wire"
)

// The only collection of a person here is the one of favorites.

func favoritesID(user *state.User) string { return state.StableID("favourites", user.ID) }

func isFavorites(user *state.User, id string) bool {
	return id == "favorites" || id == favoritesID(user)
}

// collections answers GET /api/v1/collections, which leaves favorites out.
func (api *API) collections(w http.ResponseWriter, r *http.Request, _ *state.Caller) error {
	return wire.List[any]{Base: api.URL, Pager: wire.Cursors[any](10)}.Write(w, r, nil)
}

// favorites answers GET /api/v1/collections/favorites with a redirect, as the real one.
func (api *API) favorites(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	http.Redirect(w, r, "/api/v1/collections/"+favoritesID(caller.User), http.StatusFound)
	return nil
}

func (api *API) collection(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	if !isFavorites(caller.User, r.PathValue("collectionId")) {
		return wire.ErrNotFound
	}
	id := favoritesID(caller.User)
	base := api.URL + "/api/v1/collections/" + id
	wire.WriteJSON(w, http.StatusOK, map[string]any{
		"id": id, "name": "Favorites", "type": "favorite", "tenantId": api.Content.TenantID, "creatorId": caller.ID,
		"itemCount": len(api.Favorites.Of(caller.User)), "createdAt": state.Timestamp(api.Content.Created), "updatedAt": state.Timestamp(api.Content.Created),
		"links": map[string]wire.Link{"self": {Href: base}, "items": {Href: base + "/items"}},
	})
	return nil
}

func (api *API) collectionItems(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	if !isFavorites(caller.User, r.PathValue("collectionId")) {
		return wire.ErrNotFound
	}
	q := r.URL.Query()
	list, err := api.selectApps(caller.User, q)
	if err != nil {
		return err
	}
	// Without an order of its own, a collection lists in the order of adding.
	favorites := api.Favorites.Of(caller.User)
	if q.Has("sort") {
		favorites = slices.DeleteFunc(slices.Clone(list), func(a *state.App) bool { return !slices.Contains(favorites, a) })
	} else {
		favorites = slices.DeleteFunc(favorites, func(a *state.App) bool { return !slices.Contains(list, a) })
	}
	return api.writeItems(w, r, caller.User, favorites, q)
}

// addToCollection answers POST /api/v1/collections/{collectionId}/items. The
// body names an item, not an app.
func (api *API) addToCollection(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	if !isFavorites(caller.User, r.PathValue("collectionId")) {
		return wire.ErrNotFound
	}
	var body struct {
		ID string `json:"id"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10)).Decode(&body); err != nil || body.ID == "" {
		return wire.BadRequest("the body must be a JSON object with the id of an item")
	}
	a := api.Content.AppByItemID(caller.User, body.ID)
	if a == nil {
		return wire.ErrNotFound
	}
	if !api.Favorites.Set(caller.User, a, true) {
		return wire.Error{Status: http.StatusConflict, Code: "HTTP-409", Title: "Conflict", Detail: "the item is in the collection already"}
	}
	wire.WriteJSON(w, http.StatusCreated, api.newItem(a, caller.User, true))
	return nil
}

func (api *API) removeFromCollection(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	a := api.Content.AppByItemID(caller.User, r.PathValue("itemId"))
	if !isFavorites(caller.User, r.PathValue("collectionId")) || a == nil || !api.Favorites.Set(caller.User, a, false) {
		return wire.ErrNotFound
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
