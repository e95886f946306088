package engine

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"vitrine/demo/engine/model"
)

// patch is one step of ApplyPatches: a JSON Patch (RFC 6902) whose value is
// JSON inside a text.
type patch struct {
	Op    string `json:"qOp"`
	Path  string `json:"qPath"`
	Value string `json:"qValue"`
}

// applyPatches returns changed properties and leaves the given ones as they are.
func applyPatches(to object, patches []patch) (object, error) {
	out := model.DeepCopy(to)
	for _, p := range patches {
		var value any
		if !strings.EqualFold(p.Op, "remove") {
			if err := json.Unmarshal([]byte(p.Value), &value); err != nil {
				return nil, invalid("qValue")
			}
		}
		next, err := patchAt(out, model.PathParts(p.Path), p, value)
		if err != nil {
			return nil, err
		}
		out = next
	}
	properties, ok := out.(object)
	if !ok {
		return nil, invalidPath("/")
	}
	return properties, nil
}

// patchAt returns what stands in the place of at after the patch.
func patchAt(at any, parts []string, p patch, value any) (any, error) {
	if len(parts) == 0 {
		return value, nil
	}
	remove := strings.EqualFold(p.Op, "remove") && len(parts) == 1
	switch parent := at.(type) {
	case object:
		inner, known := parent[parts[0]]
		switch {
		case remove:
			delete(parent, parts[0])
			return parent, nil
		case !known && len(parts) > 1:
			return nil, invalidPath(p.Path)
		}
		next, err := patchAt(inner, parts[1:], p, value)
		parent[parts[0]] = next
		return parent, err
	case list:
		return patchList(parent, parts, p, value, remove)
	}
	return nil, invalidPath(p.Path)
}

func patchList(parent list, parts []string, p patch, value any, remove bool) (any, error) {
	i, err := strconv.Atoi(parts[0])
	if parts[0] == "-" {
		i, err = len(parent), nil
	}
	adds := strings.EqualFold(p.Op, "add") && len(parts) == 1
	if err != nil || i < 0 || i > len(parent) || i == len(parent) && !adds {
		return nil, invalidPath(p.Path)
	}
	switch {
	case remove:
		return slices.Delete(parent, i, i+1), nil
	case adds:
		return slices.Insert(parent, i, value), nil
	}
	next, err := patchAt(parent[i], parts[1:], p, value)
	parent[i] = next
	return parent, err
}
