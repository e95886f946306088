package proxy

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestLocationComesBackUnderThePrefix(t *testing.T) {
	var location string
	base, p := newRelay(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", location)
		w.WriteHeader(http.StatusMovedPermanently)
	})
	for _, tt := range []struct{ from, to string }{
		{"/api/v1/users/u1", "/qlik/api/v1/users/u1"},
		{p.TenantURL + "/api/v1/users/u1?x=1#y", publicURL + "/qlik/api/v1/users/u1?x=1#y"},
		{strings.ToUpper(p.TenantURL[:4]) + p.TenantURL[4:] + "/a", publicURL + "/qlik/a"},
		{"https://elsewhere.example/x", "https://elsewhere.example/x"},
		{"http://127.0.0.1.evil.example/x", "http://127.0.0.1.evil.example/x"},
		{"../x", "../x"},
	} {
		location = tt.from
		resp, _ := do(t, request(t, "GET", base+"/qlik/api/v1/users/me"))
		if got := resp.Header.Get("Location"); got != tt.to {
			t.Errorf("Location %q became %q, want %q", tt.from, got, tt.to)
		}
	}
}

func TestLinksInJSONComeBack(t *testing.T) {
	var tenant string
	base, _ := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
		tenant = "http://" + r.Host
		body := fmt.Sprintf(`{"links":{"next":{"href":"%s/api/v1/items?next=abc"}},"root":"%s","escaped":"%s\/a","other":"%s.evil/x"}`,
			tenant, tenant, strings.ReplaceAll(tenant, "/", `\/`), tenant)
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		if r.Header.Get("Accept-Encoding") == "gzip" {
			w.Header().Set("Content-Encoding", "gzip")
			zip := gzip.NewWriter(w)
			_, _ = io.WriteString(zip, body)
			_ = zip.Close()
			return
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		_, _ = io.WriteString(w, body)
	})
	resp, body := do(t, request(t, "GET", base+"/qlik/api/v1/items", "Accept-Encoding", "br, gzip"))
	var got struct {
		Links                struct{ Next struct{ Href string } }
		Root, Escaped, Other string
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	if want := publicURL + "/qlik/api/v1/items?next=abc"; got.Links.Next.Href != want {
		t.Errorf("next=%q, want %q", got.Links.Next.Href, want)
	}
	if got.Root != publicURL+"/qlik" || got.Escaped != publicURL+"/qlik/a" || got.Other != tenant+".evil/x" {
		t.Errorf("got %+v", got)
	}
	if resp.Header.Get("Cache-Control") != "no-store" {
		t.Error("an answer of the API may be cached")
	}
}
