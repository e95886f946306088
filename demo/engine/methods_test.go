package engine

import (
	"slices"
	"testing"

	"github.com/coder/websocket"

	"vitrine/demo/engine/model"
)

func TestWrongRequestsAreRefusedWithTheirCode(t *testing.T) {
	c := newStand(t).open(t, "sales-app")
	chart := c.object("sales-by-country")
	for _, tt := range []struct {
		name   string
		handle int
		method string
		params any
		code   int
	}{
		{"unknown method", c.doc, "DoReload", list{}, codeMethodNotFound},
		{"method of another kind", c.doc, "GetLayout", list{}, codeMethodNotFound},
		{"no method", c.doc, "", list{}, codeInvalidRequest},
		{"unknown handle", 99, "GetLayout", list{}, codeInvalidParams},
		{"unknown object", c.doc, "GetObject", list{"nope"}, codeNotFound},
		{"unknown field", c.doc, "GetField", list{"nope"}, codeNotFound},
		{"wrong type", c.doc, "GetObject", list{7}, codeInvalidParams},
		{"wrong type by name", c.doc, "GetObject", object{"qId": 7}, codeInvalidParams},
		{"params are a text", c.doc, "GetObject", "x", codeInvalidParams},
		{"no such path", chart, "GetHyperCubeData", list{"/nope", list{}}, codeInvalidPath},
		{"path of no object", chart, "GetHyperCubeData", list{"/title", list{}}, codeInvalidPath},
		{"list where a cube is", chart, "GetListObjectData", list{"/qHyperCubeDef", list{object{}}}, codeNotFound},
		{"dimension out of range", chart, "SelectHyperCubeValues", list{"/qHyperCubeDef", 5, list{0}, false}, codeInvalidParams},
		{"row out of range", chart, "SelectHyperCubeCells", list{"/qHyperCubeDef", list{999}, list{0}}, codeInvalidParams},
		{"changing the app", chart, "SetProperties", list{object{}}, codeAccessDenied},
		{"patching the app", chart, "ApplyPatches", list{list{object{"qOp": "add", "qPath": "/x", "qValue": "1"}}, false}, codeAccessDenied},
		{"patching nothing", chart, "ApplyPatches", list{list{object{"qOp": "replace", "qPath": "/a/b/c", "qValue": "1"}}, true}, codeInvalidPath},
		{"patch that is no JSON", chart, "ApplyPatches", list{list{object{"qOp": "add", "qPath": "/x", "qValue": "{"}}, true}, codeInvalidParams},
		{"object without type", c.doc, "CreateSessionObject", list{object{}}, codeInvalidParams},
		{"id of the app's own", c.doc, "CreateSessionObject", list{object{"qInfo": object{"qId": "sales-overview", "qType": "x"}}}, codeExists},
		{"destroying the app's own", c.doc, "DestroySessionObject", list{"sales-by-country"}, codeNotFound},
	} {
		f := c.send(tt.handle, tt.method, tt.params)
		if f.Error == nil || f.Error.Code != tt.code {
			t.Errorf("%s: error %v, result %s, want code %d", tt.name, f.Error, f.Result, tt.code)
		}
	}
	if err := c.conn.Write(t.Context(), websocket.MessageText, []byte("no json")); err != nil {
		t.Fatal(err)
	}
	if f := c.read(); f.Error == nil || f.Error.Code != codeParse {
		t.Errorf("garbage: %+v", f.Error)
	}
}

func TestParametersMayBeNamed(t *testing.T) {
	c := newStand(t).open(t, "sales-app")
	f := c.send(c.doc, "GetObject", object{"qId": "sales-overview"})
	if f.Error != nil || handleIn(t, f) == 0 {
		t.Errorf("named parameters: %v", f.Error)
	}
	if f.Delta != nil {
		t.Error("an answer in full must not be marked as a delta")
	}
}

func TestObjectsKeepTheirHandleAndSessionObjectsCanGo(t *testing.T) {
	c := newStand(t).open(t, "sales-app")
	if first := c.object("sales-overview"); first != c.object("sales-overview") {
		t.Error("the same object has two handles")
	}
	h := c.create(object{"qInfo": object{"qType": "FieldList"}, "qFieldListDef": object{}})
	if n := len(dig(t, c.layout(h), "qFieldList", "qItems").(list)); n != len(model.Data().Fields) {
		t.Errorf("%d fields", n)
	}
	id := dig(t, c.layout(h), "qInfo", "qId").(string)
	if f := c.call(c.doc, "DestroySessionObject", id); !slices.Equal(f.Close, []int{h}) {
		t.Errorf("close %v, want [%d]", f.Close, h)
	}
	if code := c.refused(h, "GetLayout"); code != codeInvalidParams {
		t.Errorf("handle of a destroyed object: code %d", code)
	}
}

func TestSoftPatchesShowInTheLayoutAndCanBeDropped(t *testing.T) {
	c := newStand(t).open(t, "sales-app")
	chart := c.object("sales-by-country")
	f := c.call(chart, "ApplyPatches", list{object{"qOp": "add", "qPath": "/qHyperCubeDef/qMode", "qValue": `"K"`},
		object{"qOp": "replace", "qPath": "/title", "qValue": `"Patched"`}}, true)
	if !slices.Equal(f.Change, []int{chart}) {
		t.Errorf("change %v", f.Change)
	}
	layout := c.layout(chart)
	if layout["title"] != "Patched" || len(dig(t, layout, "qHyperCube", "qStackedDataPages").(list)) != 1 {
		t.Errorf("title %v", layout["title"])
	}
	c.call(chart, "ClearSoftPatches")
	if got := c.layout(chart)["title"]; got != "Sales by country" {
		t.Errorf("title %v after the patches were dropped", got)
	}
}
