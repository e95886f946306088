package engine

import (
	"encoding/json"
	"strings"
	"time"
)

// object and list shorten the many JSON literals of the engine.
type (
	object = map[string]any
	list   = []any
)

// deepCopy copies maps and lists, so that the copy can be changed.
func deepCopy(v any) any {
	switch v := v.(type) {
	case object:
		out := make(object, len(v))
		for key, inner := range v {
			out[key] = deepCopy(inner)
		}
		return out
	case list:
		out := make(list, len(v))
		for i, inner := range v {
			out[i] = deepCopy(inner)
		}
		return out
	}
	return v
}

func parseObject(raw []byte) (o object, err error) {
	err = json.Unmarshal(raw, &o)
	return o, err
}

// merge lays own over the defaults: objects key by key, anything else as a whole.
func merge(onto, own object) {
	for key, v := range own {
		inner, isObject := v.(object)
		under, wasObject := onto[key].(object)
		if isObject && wasObject {
			merge(under, inner)
			continue
		}
		onto[key] = deepCopy(v)
	}
}

// at follows a path and gives nil where it leads nowhere.
func at(from object, path string) any {
	var here any = from
	for _, part := range pathParts(path) {
		parent, _ := here.(object)
		here = parent[part]
	}
	return here
}

// atPaths takes what a client asked for by path out of properties.
func atPaths(properties, paths object) object {
	data := object{}
	for key, path := range paths {
		if text, ok := path.(string); ok {
			data[key] = at(properties, text)
		}
	}
	return data
}

// pathParts splits a JSON pointer and undoes its escapes (RFC 6901 section 4).
func pathParts(path string) []string {
	path = strings.Trim(path, "/")
	if path == "" {
		return nil
	}
	parts := strings.Split(path, "/")
	for i, part := range parts {
		parts[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
	}
	return parts
}

// stamp is a time in the protocol's form; a zero time is an empty text.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
