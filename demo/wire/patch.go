package wire

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// ReadJSON decodes a body of moderate size.
func ReadJSON(w http.ResponseWriter, r *http.Request, into any) error {
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(into); err != nil {
		return BadRequest("the body is not the JSON that is expected here")
	}
	return nil
}

// PatchOp is one operation of a JSON Patch, RFC 6902. Qlik takes only those
// that deal with whole members.
type PatchOp struct {
	Op    string          `json:"op"`
	Path  string          `json:"path"`
	Value json.RawMessage `json:"value"`
}

// Patched returns v after the operations, of which each must name one of the
// members. It decodes into a new value, so v keeps its slices.
func Patched[T any](v T, ops []PatchOp, members ...string) (T, error) {
	var doc map[string]json.RawMessage
	raw, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(raw, &doc)
	}
	for _, op := range ops {
		name := strings.TrimPrefix(op.Path, "/")
		switch {
		case !slices.Contains(members, name) || "/"+name != op.Path:
			return v, BadRequest("the path must be one of /" + strings.Join(members, " /"))
		case op.Op == "remove":
			delete(doc, name)
		case (op.Op == "replace" || op.Op == "add") && len(op.Value) > 0 && !bytes.Equal(op.Value, []byte("null")):
			doc[name] = op.Value
		default:
			return v, BadRequest("op must be add or replace with a value, or remove")
		}
	}
	var changed T
	if err == nil {
		raw, err = json.Marshal(doc)
	}
	if err == nil {
		err = json.Unmarshal(raw, &changed)
	}
	if err != nil {
		return v, BadRequest("a value does not fit its path")
	}
	return changed, nil
}

// ReadPatch decodes the body of a PATCH.
func ReadPatch(w http.ResponseWriter, r *http.Request) ([]PatchOp, error) {
	var ops []PatchOp
	if err := ReadJSON(w, r, &ops); err != nil {
		return nil, err
	}
	if len(ops) == 0 {
		return nil, BadRequest("the patch is empty")
	}
	return ops, nil
}
