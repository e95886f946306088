package engine

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"vitrine/demo/engine/model"
)

// testApps are one app of each template; all belong to alice.
var testApps = []model.AppInfo{
	{ID: "sales-app", Name: "Sales", OwnerID: "alice", Template: "sales", Theme: "breeze", LastReload: time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC)},
	{ID: "finance-app", Name: "Finance", OwnerID: "alice", Template: "finance"},
	{ID: "operations-app", Name: "Operations", OwnerID: "alice", Template: "operations"},
	{ID: "people-app", Name: "People", OwnerID: "alice", Template: "people"},
	{ID: "closed-app", Name: "Closed", OwnerID: "nobody", Template: "sales"},
}

// clock is a time that tests move.
type clock struct{ now time.Time }

// stand is an engine behind a real server. The viewer, identity and ttl come
// in the query.
type stand struct {
	*Engine
	url   string
	clock *clock
}

func newStand(t *testing.T) *stand {
	t.Helper()
	c := &clock{time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
	e := New(Options{Apps: testApps, Now: func() time.Time { return c.now }})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		ttl, _ := time.ParseDuration(q.Get("ttl"))
		v := Viewer{ID: q.Get("viewer"), Name: "Somebody", CanSee: func(id string) bool { return id != "closed-app" }}
		e.ServeApp(w, r, v, strings.TrimPrefix(r.URL.Path, "/app/"), q.Get("identity"), ttl)
	}))
	t.Cleanup(func() { e.Close(); server.Close() })
	return &stand{e, "ws" + strings.TrimPrefix(server.URL, "http"), c}
}

// client speaks QIX for a test.
type client struct {
	t     *testing.T
	conn  *websocket.Conn
	state string // of OnConnected
	id    int
	doc   int
}

type frame struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params map[string]any  `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *rpcError       `json:"error"`
	Change []int           `json:"change"`
	Close  []int           `json:"close"`
	Delta  *bool           `json:"delta"`
}

// dial connects as bob and opens the app.
func (s *stand) open(t *testing.T, appID string) *client { return s.openAs(t, appID, "viewer=bob") }

func (s *stand) openAs(t *testing.T, appID, query string) *client {
	t.Helper()
	c := s.dial(t, appID, query)
	c.state, _ = c.read().Params["qSessionState"].(string)
	f := c.call(-1, "OpenDoc", appID, "", "", "", false)
	c.doc = handleIn(t, f)
	return c
}

func (s *stand) dial(t *testing.T, appID, query string) *client {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), s.url+"/app/"+appID+"?"+query, nil)
	if err != nil {
		t.Fatalf("dial: %v", err)
	}
	conn.SetReadLimit(8 << 20)
	t.Cleanup(func() { conn.CloseNow() })
	return &client{t: t, conn: conn}
}

func (c *client) read() frame {
	c.t.Helper()
	f, err := c.tryRead()
	if err != nil {
		c.t.Fatalf("read: %v", err)
	}
	return f
}

func (c *client) tryRead() (f frame, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, raw, err := c.conn.Read(ctx)
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(raw, &f)
}

// send calls a method with positional parameters and returns the answer's frame.
func (c *client) send(handle int, method string, params any) frame {
	c.t.Helper()
	c.id++
	raw, _ := json.Marshal(object{"jsonrpc": "2.0", "id": c.id, "handle": handle, "method": method, "params": params, "delta": true})
	if err := c.conn.Write(c.t.Context(), websocket.MessageText, raw); err != nil {
		c.t.Fatalf("write %s: %v", method, err)
	}
	f := c.read()
	for f.ID == 0 { // a notification came first
		f = c.read()
	}
	if f.ID != c.id {
		c.t.Fatalf("answer to %d while waiting for %d", f.ID, c.id)
	}
	return f
}

func (c *client) call(handle int, method string, params ...any) frame {
	c.t.Helper()
	if params == nil {
		params = list{}
	}
	f := c.send(handle, method, params)
	if f.Error != nil {
		c.t.Fatalf("%s: %v", method, f.Error)
	}
	return f
}

func (c *client) refused(handle int, method string, params ...any) int {
	c.t.Helper()
	if params == nil {
		params = list{}
	}
	f := c.send(handle, method, params)
	if f.Error == nil {
		c.t.Fatalf("%s was not refused: %s", method, f.Result)
	}
	return f.Error.Code
}

func handleIn(t *testing.T, f frame) int {
	t.Helper()
	var r struct {
		Return struct {
			Handle int `json:"qHandle"`
		} `json:"qReturn"`
	}
	if err := json.Unmarshal(f.Result, &r); err != nil || r.Return.Handle == 0 {
		t.Fatalf("no handle in %s", f.Result)
	}
	return r.Return.Handle
}

func (c *client) object(id string) int {
	c.t.Helper()
	return handleIn(c.t, c.call(c.doc, "GetObject", id))
}

func (c *client) create(props object) int {
	c.t.Helper()
	return handleIn(c.t, c.call(c.doc, "CreateSessionObject", props))
}

func (c *client) layout(handle int) object {
	c.t.Helper()
	var r struct {
		Layout object `json:"qLayout"`
	}
	f := c.call(handle, "GetLayout")
	if err := json.Unmarshal(f.Result, &r); err != nil {
		c.t.Fatal(err)
	}
	return r.Layout
}

// dig follows keys and indexes into decoded JSON.
func dig(t *testing.T, v any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			o, ok := v.(object)
			if !ok {
				t.Fatalf("no object at %v of %v", step, path)
			}
			v = o[step]
		case int:
			l, ok := v.(list)
			if !ok || step >= len(l) {
				t.Fatalf("no element %d of %v", step, path)
			}
			v = l[step]
		}
	}
	return v
}

var sheetListProps = object{"qInfo": object{"qId": "SheetList", "qType": "SheetList"},
	"qAppObjectListDef": object{"qType": "sheet", "qData": object{
		"title": "/qMetaDef/title", "showCondition": "/showCondition", "cells": "/cells", "rank": "/rank", "columns": "/columns", "rows": "/rows", "thumbnail": "/thumbnail"}}}

// The walk of every client: open, list sheets, read a sheet, read a chart.
func TestClientCanOpenListAndDrawEveryApp(t *testing.T) {
	s := newStand(t)
	for _, app := range testApps[:4] {
		t.Run(app.ID, func(t *testing.T) {
			c := s.open(t, app.ID)
			if got := dig(t, c.appLayout(), "qTitle"); got != app.Name {
				t.Errorf("title = %v, want %v", got, app.Name)
			}
			items := dig(t, c.layout(c.create(sheetListProps)), "qAppObjectList", "qItems").(list)
			if len(items) != 5 {
				t.Fatalf("%d sheets, want 5: the private one is not bob's", len(items))
			}
			for _, item := range items {
				c.drawSheet(dig(t, item, "qInfo", "qId").(string))
			}
		})
	}
}

func (c *client) appLayout() object {
	c.t.Helper()
	var r struct {
		Layout object `json:"qLayout"`
	}
	if err := json.Unmarshal(c.call(c.doc, "GetAppLayout").Result, &r); err != nil {
		c.t.Fatal(err)
	}
	return r.Layout
}

// drawSheet reads every object of a sheet and checks what a chart needs.
func (c *client) drawSheet(id string) {
	c.t.Helper()
	layout := c.layout(c.object(id))
	covered := make(map[[2]int]string)
	for _, cell := range dig(c.t, layout, "cells").(list) {
		name := dig(c.t, cell, "name").(string)
		for col := num(cell, "col"); col < num(cell, "col")+num(cell, "colspan"); col++ {
			for row := num(cell, "row"); row < num(cell, "row")+num(cell, "rowspan"); row++ {
				if other := covered[[2]int{col, row}]; other != "" || col >= model.GridColumns || row >= model.GridRows {
					c.t.Errorf("%s overlaps %q or leaves the grid at %d,%d", name, other, col, row)
				}
				covered[[2]int{col, row}] = name
			}
		}
		chart := c.layout(c.object(name))
		if chart["visualization"] != dig(c.t, cell, "type") {
			c.t.Errorf("%s: visualization %v", name, chart["visualization"])
		}
		if chart["qListObject"] != nil {
			if n := len(dig(c.t, chart, "qListObject", "qDataPages", 0, "qMatrix").(list)); n == 0 {
				c.t.Errorf("%s: empty list", name)
			}
			continue
		}
		cube := dig(c.t, chart, "qHyperCube").(object)
		if cube["qError"] != nil {
			c.t.Errorf("%s: %v", name, cube["qError"])
		}
		for _, m := range cube["qMeasureInfo"].(list) {
			if e := m.(object)["qError"]; e != nil {
				c.t.Errorf("%s: measure %v", name, m)
			}
		}
		pages, rows := "qDataPages", "qMatrix"
		if cube["qMode"] == "K" {
			pages, rows = "qStackedDataPages", "qData"
		}
		if n := len(dig(c.t, cube, pages, 0, rows).(list)); n == 0 {
			c.t.Errorf("%s: no data", name)
		}
	}
	if len(covered) != model.GridColumns*model.GridRows {
		c.t.Errorf("%s leaves %d fields of the grid empty", id, model.GridColumns*model.GridRows-len(covered))
	}
}

func num(v any, key string) int {
	n, _ := v.(object)[key].(float64)
	return int(n)
}
