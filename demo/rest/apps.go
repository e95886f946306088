package rest

import (
	"fmt"
	"net/http"

	"vitrine/demo/state"
	"vitrine/demo/wire"
)

// app answers GET /api/v1/apps/{appId} in the NxApp form.
func (api *API) app(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	a := api.Content.AppByID(caller.User, r.PathValue("appId"))
	if a == nil {
		return wire.ErrNotFound
	}
	thumbnail := ""
	if a.Thumbnail {
		thumbnail = "/api/v1/apps/" + a.ID + "/media/files/thumbnail.png"
	}
	privileges, canCreate := []string{"read"}, false
	if a.Owner == caller.User {
		privileges, canCreate = []string{"read", "update", "delete", "reload", "export", "duplicate"}, true
	}
	wire.WriteJSON(w, http.StatusOK, map[string]any{
		"attributes": map[string]any{
			"id": a.ID, "name": a.Name, "description": a.Description, "thumbnail": thumbnail, "ownerId": a.Owner.ID, "owner": "",
			"published": !a.Published.IsZero(), "publishTime": state.Timestamp(a.Published), "createdDate": state.Timestamp(a.Created),
			"modifiedDate": state.Timestamp(a.Modified), "lastReloadTime": state.Timestamp(a.Reloaded), "originAppId": "", "dynamicColor": "",
			"encrypted": true, "hasSectionAccess": false, "isDirectQueryMode": false, "usage": usageOf(a), "custom": map[string]any{},
			"spaceId": a.SpaceID(),
		},
		"privileges": privileges,
		"create":     []map[string]any{{"resource": "sheet", "canCreate": canCreate}, {"resource": "bookmark", "canCreate": true}},
	})
	return nil
}

// appThumbnail answers GET /api/v1/apps/{appId}/media/thumbnail. Some apps
// have none.
func (api *API) appThumbnail(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	a := api.Content.AppByID(caller.User, r.PathValue("appId"))
	if a == nil || !a.Thumbnail {
		return wire.ErrNotFound
	}
	picture, cached := api.thumbnails.Load(a.ID)
	if !cached {
		drawn, err := drawThumbnail(a)
		if err != nil {
			api.Log.Error("draw thumbnail", "app", a.ID, "error", err)
			return wire.ErrInternal
		}
		picture, _ = api.thumbnails.LoadOrStore(a.ID, drawn)
	}
	data := picture.([]byte)
	etag := `"` + state.ContentHash(data) + `"`
	w.Header().Set("ETag", etag)
	w.Header().Set("Cache-Control", "private, max-age=300")
	w.Header().Set("Content-Type", "application/octet-stream") // as documented, although it is a PNG
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(data)))
	_, _ = w.Write(data)
	return nil
}

// appMetadata answers GET /api/v1/apps/{appId}/data/metadata: the data model
// all apps share, without counts of its own.
func (api *API) appMetadata(w http.ResponseWriter, r *http.Request, caller *state.Caller) error {
	a := api.Content.AppByID(caller.User, r.PathValue("appId"))
	if a == nil {
		return wire.ErrNotFound
	}
	fields := []map[string]any{}
	for _, name := range []string{"Region", "Country", "Product", "Category", "Customer", "Month", "Year", "Revenue", "Quantity"} {
		fields = append(fields, map[string]any{
			"name": name, "src_tables": []string{"Orders"}, "is_system": false, "is_hidden": false, "is_semantic": false,
			"distinct_only": false, "is_locked": false, "always_one_selected": false, "tags": []string{}, "byte_size": 4096, "hash": state.StableID("field", name),
		})
	}
	wire.WriteJSON(w, http.StatusOK, map[string]any{
		"fields": fields, "tables": []map[string]any{{"name": "Orders", "no_of_rows": 10000, "no_of_fields": len(fields), "no_of_key_fields": 0, "byte_size": 1 << 20}},
		"reload_meta":      map[string]any{"cpu_time_spent_ms": 1200, "hardware": map[string]any{"logical_cores": 4, "total_memory": int64(16 << 30)}, "peak_memory_bytes": 64 << 20},
		"static_byte_size": 1 << 20, "has_section_access": false, "is_direct_query_mode": false, "usage": usageOf(a), "tables_profiling_data": []any{},
	})
	return nil
}
