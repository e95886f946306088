package demo

import (
	"fmt"
	"net/http"
)

// app answers GET /api/v1/apps/{appId} in the NxApp form.
func (api *restAPI) app(w http.ResponseWriter, r *http.Request, caller *Caller) error {
	a := api.Content.appByID(caller.person, r.PathValue("appId"))
	if a == nil {
		return errNotFound
	}
	thumbnail := ""
	if a.thumbnail {
		thumbnail = "/api/v1/apps/" + a.id + "/media/files/thumbnail.png"
	}
	privileges, canCreate := []string{"read"}, false
	if a.owner == caller.person {
		privileges, canCreate = []string{"read", "update", "delete", "reload", "export", "duplicate"}, true
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"attributes": map[string]any{
			"id": a.id, "name": a.name, "description": a.description, "thumbnail": thumbnail, "ownerId": a.owner.ID, "owner": "",
			"published": !a.published.IsZero(), "publishTime": Timestamp(a.published), "createdDate": Timestamp(a.created),
			"modifiedDate": Timestamp(a.modified), "lastReloadTime": Timestamp(a.reloaded), "originAppId": "", "dynamicColor": "",
			"encrypted": true, "hasSectionAccess": false, "isDirectQueryMode": false, "usage": usageOf(a), "custom": map[string]any{},
			"spaceId": a.spaceID(),
		},
		"privileges": privileges,
		"create":     []map[string]any{{"resource": "sheet", "canCreate": canCreate}, {"resource": "bookmark", "canCreate": true}},
	})
	return nil
}

// appThumbnail answers GET /api/v1/apps/{appId}/media/thumbnail. Some apps
// have none.
func (api *restAPI) appThumbnail(w http.ResponseWriter, r *http.Request, caller *Caller) error {
	a := api.Content.appByID(caller.person, r.PathValue("appId"))
	if a == nil || !a.thumbnail {
		return errNotFound
	}
	picture, cached := api.thumbnails.Load(a.id)
	if !cached {
		drawn, err := drawThumbnail(a)
		if err != nil {
			api.Log.Error("draw thumbnail", "app", a.id, "error", err)
			return errInternal
		}
		picture, _ = api.thumbnails.LoadOrStore(a.id, drawn)
	}
	data := picture.([]byte)
	etag := `"` + ContentHash(data) + `"`
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
func (api *restAPI) appMetadata(w http.ResponseWriter, r *http.Request, caller *Caller) error {
	a := api.Content.appByID(caller.person, r.PathValue("appId"))
	if a == nil {
		return errNotFound
	}
	fields := []map[string]any{}
	for _, name := range []string{"Region", "Country", "Product", "Category", "Customer", "Month", "Year", "Revenue", "Quantity"} {
		fields = append(fields, map[string]any{
			"name": name, "src_tables": []string{"Orders"}, "is_system": false, "is_hidden": false, "is_semantic": false,
			"distinct_only": false, "is_locked": false, "always_one_selected": false, "tags": []string{}, "byte_size": 4096, "hash": StableID("field", name),
		})
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"fields": fields, "tables": []map[string]any{{"name": "Orders", "no_of_rows": 10000, "no_of_fields": len(fields), "no_of_key_fields": 0, "byte_size": 1 << 20}},
		"reload_meta":      map[string]any{"cpu_time_spent_ms": 1200, "hardware": map[string]any{"logical_cores": 4, "total_memory": int64(16 << 30)}, "peak_memory_bytes": 64 << 20},
		"static_byte_size": 1 << 20, "has_section_access": false, "is_direct_query_mode": false, "usage": usageOf(a), "tables_profiling_data": []any{},
	})
	return nil
}
