package e2e

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

const uploadScript = `localStorage.setItem("ran", location.pathname)`

// uploads are files as an app's author may upload them, by name.
var uploads = map[string]struct{ kind, content string }{
	"page.html":  {"text/html; charset=utf-8", "<!doctype html><title>Upload</title><script>" + uploadScript + "</script>"},
	"page.xhtml": {"application/xhtml+xml", `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Upload</title><script>` + uploadScript + "</script></head><body/></html>"},
	"page.xml":   {"text/xml", `<html xmlns="http://www.w3.org/1999/xhtml"><body><script>` + uploadScript + "</script></body></html>"},
	"image.svg":  {"image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg"><script>` + uploadScript + "</script></svg>"},
	"untyped":    {"", "<!doctype html><title>Upload</title><script>" + uploadScript + "</script>"},
	"text":       {"text/plain", "<!doctype html><title>Upload</title><script>" + uploadScript + "</script>"},
}

func TestUploadsRunNoScriptsOnOurOrigin(t *testing.T) {
	s := startSite(t, plain)
	const folder = "/api/v1/apps/4f6a2a0e-8b1c-4c6b-9d8e-1f2a3b4c5d6e/media/files/"
	serve := func(name, kind, content string) {
		s.tenant.uploads.HandleFunc("GET "+folder+name, func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = []string{kind}
			if kind == "" {
				w.Header()["Content-Type"] = nil
			}
			_, _ = io.WriteString(w, content)
		})
	}
	for name, upload := range uploads {
		serve(name, upload.kind, upload.content)
	}
	serve("script.js", "text/javascript", uploadScript)
	b := s.visitor(t, s.tenantItself.Viewer()).newTab()
	for name := range uploads {
		b.open(s.url + "/qlik" + folder + name)
		b.open(s.url + "/me")
		var ran string
		b.read(`localStorage.getItem("ran") ?? ""`, &ran)
		if ran != "" {
			t.Errorf("%s ran a script on our origin", name)
			b.read(`(localStorage.clear(), true)`, new(bool))
		}
	}
	var result string
	b.read(`new Promise((resolve) => {
		const script = document.createElement("script");
		script.src = "`+"/qlik"+folder+"script.js"+`";
		script.onload = () => resolve("ran");
		script.onerror = () => resolve("refused");
		document.head.append(script);
	})`, &result)
	if result != "refused" {
		t.Errorf("a page of ours takes an upload for its script: %s", result)
	}
	// A sign-in leads to a page of ours, never to what the tenant has below it.
	for _, back := range []string{"/qlik", "/%71lik", "/%51LIK"} {
		b.open(s.url + "/login?return_to=" + strings.ReplaceAll(back, "%", "%25") + folder + "page.html")
		if at := b.at(); at != s.url+"/" {
			t.Errorf("a sign-in to %s led to %s", back, at)
		}
	}
}
