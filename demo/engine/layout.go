package engine

import (
	"vitrine/demo/engine/calc"
	"vitrine/demo/engine/cube"
)

// A layout is a copy of the properties in which every definition is replaced
// by its result. build makes the results; each receives the place of the
// definition, because searches are kept by it.
type build func(ses *session, o *genericObject, path string, def object) any

// results names, for each definition, the key of its result and its builder.
// It is filled in by init because builders make layouts of their own.
var results map[string]struct {
	key   string
	build build
}

func init() {
	results = map[string]struct {
		key   string
		build build
	}{
		"qHyperCubeDef":         {"qHyperCube", hyperCubeLayout},
		"qListObjectDef":        {"qListObject", listObjectLayout},
		"qSelectionObjectDef":   {"qSelectionObject", selectionObject},
		"qFieldListDef":         {"qFieldList", fieldList},
		"qDimensionListDef":     {"qDimensionList", dimensionList},
		"qMeasureListDef":       {"qMeasureList", measureList},
		"qAppObjectListDef":     {"qAppObjectList", appObjectList},
		"qChildListDef":         {"qChildList", childList},
		"qBookmarkListDef":      {"qBookmarkList", bookmarkList},
		"qVariableListDef":      {"qVariableList", emptyList},
		"qMediaListDef":         {"qMediaList", emptyList},
		"qExtensionListDef":     {"qExtensionList", emptyList},
		"qUndoInfoObjectDef":    {"qUndoInfo", undoInfo},
		"qStaticContentUrlDef":  {"qStaticContentUrl", func(_ *session, _ *genericObject, _ string, def object) any { return def }},
		"qEmbeddedSnapshotDef":  {"qEmbeddedSnapshot", func(*session, *genericObject, string, object) any { return object{} }},
		"qNxAutoSortByStateDef": {"qNxAutoSortByState", func(_ *session, _ *genericObject, _ string, def object) any { return def }},
	}
}

// layout computes an object's layout for the present selections.
func (ses *session) layout(o *genericObject) object {
	props := o.effective()
	out, _ := ses.resolve(o, "", props).(object)
	delete(out, "qMetaDef")
	out["qInfo"] = o.info()
	out["qMeta"] = ses.metaOf(o, props)
	out["qSelectionInfo"] = ses.selectionInfo(o)
	if _, named := out["visualization"]; !named && hasData(props) {
		// Without it stardust throws and the whole page goes blank.
		out["visualization"] = o.kind
	}
	return out
}

// selectionInfo is never absent: without it after BeginSelections the client
// ends the modal state by itself.
func (ses *session) selectionInfo(o *genericObject) object {
	if ses.modal == nil || ses.modal.objectID != o.id {
		return object{}
	}
	info := object{"qInSelections": true}
	if ses.modal.made {
		info["qMadeSelections"] = true
	}
	return info
}

func (ses *session) metaOf(o *genericObject, props object) object {
	if o.meta != nil {
		return o.meta
	}
	meta := object{"privileges": list{"read", "update", "delete", "exportdata"}}
	if def, ok := props["qMetaDef"].(object); ok {
		for key, v := range def {
			meta[key] = v
		}
	}
	return meta
}

// resolve copies a part of the properties into the layout.
func (ses *session) resolve(o *genericObject, path string, v any) any {
	switch v := v.(type) {
	case list:
		out := make(list, len(v))
		for i, inner := range v {
			out[i] = ses.resolve(o, path, inner)
		}
		return out
	case object:
		if expr, ok := expressionIn(v, "qStringExpression"); ok {
			return ses.source().EvaluateText(expr)
		}
		if expr, ok := expressionIn(v, "qValueExpression"); ok {
			return ses.evaluateNumber(expr)
		}
		out := make(object, len(v))
		for key, inner := range v {
			result, isDef := results[key]
			def, isObject := inner.(object)
			if isDef && isObject {
				out[result.key] = result.build(ses, o, path+"/"+key, def)
				continue
			}
			out[key] = ses.resolve(o, path+"/"+key, inner)
		}
		return out
	}
	return v
}

// expressionIn reads both shapes: {"qExpr":"…"} and the bare text.
func expressionIn(v object, key string) (string, bool) {
	switch inner := v[key].(type) {
	case string:
		return inner, true
	case object:
		expr, ok := inner["qExpr"].(string)
		return expr, ok
	}
	return "", false
}

func (ses *session) evaluateNumber(expr string) any {
	x, err := calc.Parse(ses.data, expr)
	if err != nil {
		return "NaN"
	}
	return cube.JSONNumber(x.Single(ses.association()).Num)
}
