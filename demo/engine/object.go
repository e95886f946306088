package engine

import (
	"strings"

	"vitrine/demo/engine/cube"
)

// genericObject is a sheet, chart, list or session object of one session.
type genericObject struct {
	id, kind  string
	props     object
	patched   object // props with the soft patches on top; nil without any
	children  []string
	meta      object // of stored objects
	temporary bool   // a session object, which the client may change and destroy

	hits map[string][]int // open searches: path of the list object → elements found
}

// object finds an object by id. Another person's private sheet is not found,
// nor is anything on it.
func (ses *session) object(id string) (*genericObject, error) {
	if o, known := ses.objects[id]; known {
		return o, nil
	}
	stored, known := ses.app.Objects[id]
	if !known || !stored.VisibleTo(ses.viewer.ID, ses.app) {
		return nil, errObjectNotFound
	}
	// The properties are shared by all sessions and never changed in place.
	o := &genericObject{id: id, kind: stored.Kind, props: stored.Props, children: stored.Children, meta: stored.Meta}
	ses.objects[id] = o
	return o, nil
}

func (o *genericObject) info() object { return object{"qId": o.id, "qType": o.kind} }

// effective returns the properties with soft patches applied.
func (o *genericObject) effective() object {
	if o.patched != nil {
		return o.patched
	}
	return o.props
}

// definitionAt finds a definition by its path, such as /qHyperCubeDef.
func (o *genericObject) definitionAt(path string) (object, error) {
	var at any = o.effective()
	for _, part := range strings.Split(strings.Trim(path, "/"), "/") {
		parent, ok := at.(object)
		if !ok {
			return nil, invalidPath(path)
		}
		at, ok = parent[part]
		if !ok {
			// Some clients name the place in the layout instead.
			at = parent[part+"Def"]
		}
	}
	def, ok := at.(object)
	if !ok {
		return nil, invalidPath(path)
	}
	return def, nil
}

func invalidPath(path string) error {
	return &rpcError{codeInvalidPath, path, "Invalid path"}
}

func isListPath(path string) bool { return strings.Contains(path, "qListObject") }

// hasData reports whether anything in the properties depends on selections.
func hasData(properties any) bool {
	switch v := properties.(type) {
	case object:
		for key, inner := range v {
			switch key {
			case "qHyperCubeDef", "qListObjectDef", "qSelectionObjectDef", "qStringExpression", "qValueExpression", "qUndoInfoObjectDef":
				return true
			}
			if hasData(inner) {
				return true
			}
		}
	case list:
		for _, inner := range v {
			if hasData(inner) {
				return true
			}
		}
	}
	return false
}

// cube computes a hypercube of an object. While the object is in a modal
// selection its rows stay those of the beginning: the chart still shows them
// and names them by number.
func (ses *session) cube(o *genericObject, def object) *cube.Cube {
	rowsFrom := ses.association()
	if ses.modal != nil && ses.modal.objectID == o.id {
		rowsFrom = ses.modal.frozen
	}
	return cube.New(ses.source(), def, rowsFrom)
}

// source is what cubes and lists are computed from for the present selections.
func (ses *session) source() cube.Source {
	return cube.Source{Data: ses.data, App: ses.app, States: ses.association()}
}

func hyperCubeLayout(ses *session, o *genericObject, _ string, def object) any {
	return ses.cube(o, def).Layout(func(v any) any { return ses.resolve(o, "", v) })
}
