package demo

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// What the endpoints for admins have in common.

// adminOnly guards an endpoint of the tenant's administration. The scope is
// the narrow one that opens it, "" where none is documented.
func adminOnly(scope string, endpoint apiFunc) apiFunc {
	return func(w http.ResponseWriter, r *http.Request, who *caller) *apiError {
		if !who.administers(scope) {
			return &errForbidden
		}
		return endpoint(w, r, who)
	}
}

// administers tells whether the caller may run the tenant. A token reaches no
// further than its scopes, and user_default leaves the admin's powers out; a
// session in the tenant's own pages has all that the person has.
func (c *caller) administers(scope string) bool {
	return c.admin() && (c.cookie != nil || slices.Contains(c.scopes, "admin_classic") || scope != "" && slices.Contains(c.scopes, scope))
}

// readJSON decodes a body of moderate size.
func readJSON(w http.ResponseWriter, r *http.Request, into any) *apiError {
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(into); err != nil {
		no := badRequest("the body is not the JSON that is expected here")
		return &no
	}
	return nil
}

// patchOp is one operation of a JSON Patch, RFC 6902. Qlik takes only those
// that deal with whole members.
type patchOp struct {
	Op    string          `json:"op"`
	Path  string          `json:"path"`
	Value json.RawMessage `json:"value"`
}

// patched returns v after the operations, of which each must name one of the
// members. It decodes into a new value, so v keeps its slices.
func patched[T any](v T, ops []patchOp, members ...string) (T, *apiError) {
	var doc map[string]json.RawMessage
	raw, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(raw, &doc)
	}
	for _, op := range ops {
		name := strings.TrimPrefix(op.Path, "/")
		switch {
		case !slices.Contains(members, name) || "/"+name != op.Path:
			no := badRequest("the path must be one of /" + strings.Join(members, " /"))
			return v, &no
		case op.Op == "remove":
			delete(doc, name)
		case (op.Op == "replace" || op.Op == "add") && len(op.Value) > 0 && !bytes.Equal(op.Value, []byte("null")):
			doc[name] = op.Value
		default:
			no := badRequest("op must be add or replace with a value, or remove")
			return v, &no
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
		no := badRequest("a value does not fit its path")
		return v, &no
	}
	return changed, nil
}

// readPatch decodes the body of a PATCH.
func readPatch(w http.ResponseWriter, r *http.Request) ([]patchOp, *apiError) {
	var ops []patchOp
	if no := readJSON(w, r, &ops); no != nil {
		return nil, no
	}
	if len(ops) == 0 {
		no := badRequest("the patch is empty")
		return nil, &no
	}
	return ops, nil
}

// attributeFilter is the part of RFC 7644 filters that is in use: one attribute.
var attributeFilter = regexp.MustCompile(`^(\w+) (eq|co|sw) "([^"]*)"$`)

// filterOf parses the query's filter. The attributes of a record are handed to
// the match by name; a name that is not there is a bad request.
func filterOf(text string, names ...string) (match func(attribute func(name string) string) bool, no *apiError) {
	if text == "" {
		return func(func(string) string) bool { return true }, nil
	}
	parts := attributeFilter.FindStringSubmatch(text)
	if parts == nil || !slices.Contains(names, parts[1]) {
		no := badRequest("the filter cannot be parsed; it may ask for " + strings.Join(names, ", "))
		return nil, &no
	}
	return func(attribute func(string) string) bool {
		return compareText(strings.ToLower(attribute(parts[1])), parts[2], strings.ToLower(parts[3]))
	}, nil
}

func compareText(value, operator, want string) bool {
	switch operator {
	case "co":
		return strings.Contains(value, want)
	case "sw":
		return strings.HasPrefix(value, want)
	default:
		return value == want
	}
}

// sorted orders a list by the query's sort, "+name" or "-name". A plus in a
// query decodes to a blank.
func sorted[T any](list []T, sort string, orders map[string]func(a, b T) int) *apiError {
	name := strings.TrimLeft(sort, "+- ")
	order := orders[name]
	if order == nil {
		if sort == "" {
			return nil
		}
		no := badRequest("the list cannot be sorted by that")
		return &no
	}
	slices.SortStableFunc(list, func(a, b T) int {
		if strings.HasPrefix(sort, "-") {
			return order(b, a)
		}
		return order(a, b)
	})
	return nil
}
