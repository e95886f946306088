package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"vitrine/demo/oauth"
	"vitrine/demo/state"
	"vitrine/demo/wire"
)

// view is what one of the tenant's own pages shows. The page's script reads it.
type view struct {
	AppID    string      `json:"appId"`
	SheetID  string      `json:"sheetId,omitempty"`
	ObjectID string      `json:"objectId,omitempty"`
	Whole    bool        `json:"whole,omitempty"` // the app with its list of sheets
	Identity string      `json:"identity,omitempty"`
	Theme    string      `json:"theme,omitempty"`
	Language string      `json:"language,omitempty"`
	Options  []string    `json:"options,omitempty"`
	Clear    bool        `json:"clearSelections,omitempty"`
	Bookmark string      `json:"bookmark,omitempty"`
	Select   []selection `json:"select,omitempty"`
	Welcome  bool        `json:"welcome,omitempty"` // the viewer has never been here
}

type selection struct {
	Field  string   `json:"field"`
	Values []string `json:"values"`
}

const (
	singleScript = "single.js"
	singleStyle  = "single.css"
	singleMenu   = "contextmenu.js" // of charts, for opt=ctxmenu
)

// singleAsset is where a file of these pages is served: absolute, from the
// root, and public, as with the real pages. Behind a prefix that leads astray,
// and that is part of what the stand-in copies.
func singleAsset(name string) string {
	return "/resources/single/" + state.ContentHash(mustReadPage(name)) + "/" + name
}

func (site *Site) singleRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /single", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/single/?"+r.URL.RawQuery, http.StatusMovedPermanently)
	})
	mux.HandleFunc("GET /single/{$}", func(w http.ResponseWriter, r *http.Request) { site.ownPage(w, r, singleView(r.URL.Query())) })
	mux.HandleFunc("GET /sense/app/{path...}", func(w http.ResponseWriter, r *http.Request) { site.ownPage(w, r, senseView(r.URL.EscapedPath())) })
	for _, name := range []string{singleScript, singleStyle, singleMenu} {
		data, kind := mustReadPage(name), contentTypeOf(name)
		mux.HandleFunc("GET "+singleAsset(name), func(w http.ResponseWriter, _ *http.Request) {
			public(w)
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			w.Header().Set("X-Content-Type-Options", "nosniff")
			_, _ = w.Write(data)
		})
	}
}

// singleView reads /single/?appid=…, nil when it names nothing to show.
func singleView(q url.Values) *view {
	v := &view{
		AppID: q.Get("appid"), SheetID: q.Get("sheet"), ObjectID: q.Get("obj"), Identity: q.Get("identity"),
		Theme: q.Get("theme"), Language: q.Get("lang"), Bookmark: q.Get("bookmark"),
	}
	v.Language = cmp.Or(v.Language, q.Get("language")) // pages differ in the spelling
	for _, option := range strings.Split(q.Get("opt"), ",") {
		if option != "" {
			v.Options = append(v.Options, option)
		}
	}
	for _, text := range q["select"] {
		if text == "clearall" {
			v.Clear = true
			continue
		}
		// "Field,v1,v2"; a name or value with a comma stands in brackets.
		if parts := splitSelection(text); len(parts) > 1 {
			v.Select = append(v.Select, selection{parts[0], parts[1:]})
		}
	}
	if v.AppID == "" || (v.SheetID == "") == (v.ObjectID == "") {
		return nil
	}
	return v
}

func splitSelection(text string) []string {
	var parts []string
	for text != "" {
		var part string
		if closing := strings.Index(text, "]"); strings.HasPrefix(text, "[") && closing > 0 {
			part, text = text[1:closing], strings.TrimPrefix(text[closing+1:], ",")
		} else {
			part, text, _ = strings.Cut(text, ",")
		}
		parts = append(parts, part)
	}
	return parts
}

// senseView reads /sense/app/{id}[/sheet/{id}/state/analysis][/bookmark/{id}]
// [/options/clearselections][/select/{Field}/{v1;v2}][/theme/{id}], nil for
// anything else.
func senseView(escapedPath string) *view {
	var parts []string
	for _, part := range strings.Split(strings.Trim(strings.TrimPrefix(escapedPath, "/sense/app/"), "/"), "/") {
		plain, err := url.PathUnescape(part)
		if err != nil {
			return nil
		}
		parts = append(parts, plain)
	}
	v := &view{AppID: parts[0], Whole: true}
	next := func() (part string) {
		if len(parts) > 0 {
			part, parts = parts[0], parts[1:]
		}
		return part
	}
	for next(); len(parts) > 0; {
		switch next() {
		case "overview", "hubUrl":
		case "sheet":
			v.SheetID = next()
		case "state":
			if next() != "analysis" {
				return nil // there is no editing
			}
		case "bookmark":
			v.Bookmark = next()
		case "options":
			v.Clear = next() == "clearselections"
		case "select":
			v.Select = append(v.Select, selection{next(), strings.Split(next(), ";")})
		case "theme":
			v.Theme = next()
		default:
			return nil
		}
	}
	if v.AppID == "" || slices.ContainsFunc(v.Select, func(s selection) bool { return s.Field == "" }) {
		return nil
	}
	return v
}

// ownPage answers one of the tenant's pages, to a cookie session or to a bearer
// token that a proxy adds.
func (site *Site) ownPage(w http.ResponseWriter, r *http.Request, v *view) {
	// The policy for frames holds for every answer, the redirect included.
	w.Header().Set("Content-Security-Policy", site.ContentSecurityPolicy())
	caller, err := site.Authenticate(r, oauth.PurposeWebResource)
	if errors.Is(err, wire.ErrUnauthorized) && r.Header.Get("Authorization") == "" {
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, "/login?returnto="+url.QueryEscape(site.URL+r.URL.RequestURI()), http.StatusFound)
		return
	}
	if err == nil && caller.Status == "disabled" {
		err = wire.ErrDisabledUser
	}
	if err == nil {
		err = site.Limit(caller.User, 1)
	}
	if err == nil && v == nil {
		err = wire.BadRequest("the address names no app with a sheet or an object")
	}
	if err != nil {
		wire.Fail(w, err)
		return
	}
	v.Language = cmp.Or(v.Language, caller.Locale)
	v.Welcome = !caller.Joined.IsZero() && !caller.Welcomed.Swap(true)
	data, err := json.Marshal(v)
	var body bytes.Buffer
	if err == nil {
		values := map[string]string{
			"Language": v.Language, "View": string(data), "Script": singleAsset(singleScript), "Style": singleAsset(singleStyle), "Menu": "",
		}
		if v.Whole || slices.Contains(v.Options, "ctxmenu") {
			values["Menu"] = singleAsset(singleMenu)
		}
		err = singleTemplate.Execute(&body, values)
	}
	if err != nil {
		site.Log.Error("render page", "page", "single", "error", err)
		http.Error(w, "Internal error", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = body.WriteTo(w) // the browser may have left
}
