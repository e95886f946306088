package web

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"

	"vitrine/demo/oauth"
	"vitrine/demo/state"
)

//go:embed pages
var pageFiles embed.FS

var (
	pageTemplates = map[string]*template.Template{
		"login":   parsePage("login"),
		"consent": parsePage("consent"),
		"message": parsePage("message"),
	}
	singleTemplate = template.Must(template.ParseFS(pageFiles, "pages/single.html"))
	styleSheet     = mustReadPage("style.css")
	stylePath      = "/login/style-" + state.ContentHash(styleSheet) + ".css"
)

type messagePage struct{ Title, Text, Link, LinkText string }

func parsePage(name string) *template.Template {
	return template.Must(template.New("layout.html").
		Funcs(template.FuncMap{"stylePath": func() string { return stylePath }}).
		ParseFS(pageFiles, "pages/layout.html", "pages/"+name+".html"))
}

func mustReadPage(name string) []byte {
	data, err := pageFiles.ReadFile("pages/" + name)
	if err != nil {
		panic(err) // embedded: missing only in a broken build
	}
	return data
}

// page renders into a buffer first, so that a fault never leaves half a page.
func (site *Site) page(w http.ResponseWriter, status int, name string, p *oauth.Transaction, data any) {
	var body bytes.Buffer
	if err := pageTemplates[name].Execute(&body, data); err != nil {
		site.Log.Error("render page", "page", name, "error", err)
		http.Error(w, "Internal error", http.StatusInternalServerError)
		return
	}
	// Browsers hold the redirects that follow a form against form-action, so
	// the client's origin has to be in it.
	formAction := "'self'"
	if p != nil && p.Request != nil {
		formAction += " " + state.OriginOf(p.Request.RedirectURI)
	} else if p != nil && state.OriginOf(p.ReturnTo) != "" {
		formAction += " " + state.OriginOf(p.ReturnTo)
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; img-src data:; style-src 'self'; form-action "+formAction+"; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = body.WriteTo(w) // the browser may have left
}

func (site *Site) style(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(styleSheet)
}
