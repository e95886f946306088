package model

import (
	"encoding/json"
	"strings"
	"time"
)

// Short names for the many JSON literals of the engine.
type (
	// Object is a JSON object.
	Object = map[string]any
	// List is a JSON array.
	List = []any
)

// DeepCopy copies maps and lists, so that the copy can be changed.
func DeepCopy(v any) any {
	switch v := v.(type) {
	case Object:
		out := make(Object, len(v))
		for key, inner := range v {
			out[key] = DeepCopy(inner)
		}
		return out
	case List:
		out := make(List, len(v))
		for i, inner := range v {
			out[i] = DeepCopy(inner)
		}
		return out
	}
	return v
}

func parseObject(raw []byte) (o Object, err error) {
	err = json.Unmarshal(raw, &o)
	return o, err
}

// merge lays own over the defaults: objects key by key, anything else as a whole.
func merge(onto, own Object) {
	for key, v := range own {
		inner, isObject := v.(Object)
		under, wasObject := onto[key].(Object)
		if isObject && wasObject {
			merge(under, inner)
			continue
		}
		onto[key] = DeepCopy(v)
	}
}

// At follows a path and gives nil where it leads nowhere.
func At(from Object, path string) any {
	var here any = from
	for _, part := range PathParts(path) {
		parent, _ := here.(Object)
		here = parent[part]
	}
	return here
}

// AtPaths returns the properties that a client names by path.
func AtPaths(properties, paths Object) Object {
	data := Object{}
	for key, path := range paths {
		if text, ok := path.(string); ok {
			data[key] = At(properties, text)
		}
	}
	return data
}

// PathParts splits a JSON pointer and undoes its escapes (RFC 6901 section 4).
func PathParts(path string) []string {
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

// Stamp is a time in the protocol's form; a zero time is an empty text.
func Stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
