package proxy

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"vitrine/proxy/tenantpath"
)

// scripted is a tenant that answers each request with the same bytes.
func scripted(t *testing.T, answer string) (base string, p *Proxy) {
	t.Helper()
	return newRelay(t, func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, strings.ReplaceAll(answer, "TENANT", "http://"+r.Host))
	})
}

func zipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

// TestAnswersCross covers what HTTP knows of answers: what passes as it is, and
// what changes with a body that was rewritten.
func TestAnswersCross(t *testing.T) {
	const link = `{"href":"TENANT/x"}`
	for name, tt := range map[string]struct {
		ask    string // request line and headers after the prefix
		answer string // head and body of the tenant
		status int
		has    []string // header lines
		hasNot []string // header names
		body   string
	}{
		"HEAD of a file": {"HEAD /qlik/x", "200 OK\r\nContent-Length: 1000\r\nETag: \"a\"\r\n\r\n", 200, []string{"Content-Length: 1000", `Etag: "a"`}, nil, ""},
		"HEAD of JSON": {"HEAD /qlik/api/x", "200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n", 200,
			[]string{"Cache-Control: no-store"}, []string{"Content-Length"}, ""},
		"204":           {"DELETE /qlik/api/x", "204 No Content\r\n\r\n", 204, []string{"Cache-Control: no-store"}, []string{"Content-Length"}, ""},
		"304":           {"GET /qlik/x", "304 Not Modified\r\nETag: \"a\"\r\nCache-Control: public, max-age=60\r\n\r\n", 304, []string{`Etag: "a"`, "Cache-Control: public, max-age=60"}, nil, ""},
		"304 to a mark": {"GET /qlik/api/x\r\nIf-None-Match: W/\"a-vitrine\"", "304 Not Modified\r\nETag: \"a\"\r\n\r\n", 304, []string{`Etag: W/"a-vitrine"`}, nil, ""},
		"304 that says nothing of caching": {"GET /qlik/x", "304 Not Modified\r\nETag: \"a\"\r\n\r\n", 304,
			[]string{`Etag: "a"`}, []string{"Cache-Control"}, ""},
		"304 to what is one person's": {"GET /qlik/x", "304 Not Modified\r\nCache-Control: max-age=60\r\n\r\n", 304,
			[]string{"Cache-Control: max-age=60", "Cache-Control: private"}, nil, ""},
		"a range of a file": {"GET /qlik/api/v1/data-files/1\r\nRange: bytes=0-3",
			"206 Partial Content\r\nContent-Type: text/csv\r\nContent-Range: bytes 0-3/10\r\nContent-Length: 4\r\nAccept-Ranges: bytes\r\n\r\nabcd", 206,
			[]string{"Content-Range: bytes 0-3/10", "Content-Length: 4", "Accept-Ranges: bytes"}, nil, "abcd"},
		"a file keeps its caching": {"GET /qlik/resources/x.js", "200 OK\r\nCache-Control: public, max-age=31536000, immutable\r\nETag: \"a\"\r\nLast-Modified: Mon, 02 Jan 2006 15:04:05 GMT\r\nContent-Length: 2\r\n\r\nok", 200,
			[]string{"Cache-Control: public, max-age=31536000, immutable", `Etag: "a"`, "Last-Modified: Mon, 02 Jan 2006 15:04:05 GMT", "Content-Length: 2"}, nil, "ok"},
		"an answer of the API is not kept": {"GET /qlik/api/x", "200 OK\r\nCache-Control: public, max-age=60\r\nExpires: Mon, 02 Jan 2036 15:04:05 GMT\r\nContent-Length: 2\r\n\r\nok", 200,
			[]string{"Cache-Control: no-store"}, []string{"Expires"}, "ok"},
		"nor by caches of certain makes": {"GET /qlik/api/x", "200 OK\r\nCDN-Cache-Control: max-age=60\r\nCloudflare-CDN-Cache-Control: max-age=60\r\nSurrogate-Control: max-age=60\r\nX-Accel-Expires: 60\r\nContent-Length: 2\r\n\r\nok", 200,
			[]string{"Cache-Control: no-store"}, []string{"Cdn-Cache-Control", "Cloudflare-Cdn-Cache-Control", "Surrogate-Control", "X-Accel-Expires"}, "ok"},
		"a file of one person is kept by their browser only": {"GET /qlik/x", "200 OK\r\nCache-Control: max-age=60\r\nCDN-Cache-Control: max-age=60\r\nContent-Length: 2\r\n\r\nok", 200,
			[]string{"Cache-Control: max-age=60", "Cache-Control: private"}, []string{"Cdn-Cache-Control"}, "ok"},
		"a file that differs by token": {"GET /qlik/x", "200 OK\r\nCache-Control: Public, max-age=60\r\nCache-Control: s-maxage=90, no-cache=\"a, b\"\r\nVary: Accept, authorization\r\nContent-Length: 2\r\n\r\nok", 200,
			[]string{`Cache-Control: max-age=60, no-cache="a, b", private`, "Vary: Accept, authorization", "Vary: Cookie"}, nil, "ok"},
		"a file that differs by cookie": {"GET /qlik/x", "200 OK\r\nCache-Control: public\r\nVary: Cookie\r\nContent-Length: 2\r\n\r\nok", 200,
			[]string{"Cache-Control: private", "Vary: Cookie"}, nil, "ok"},
		"a file that differs otherwise": {"GET /qlik/x", "200 OK\r\nCache-Control: public\r\nCDN-Cache-Control: max-age=60\r\nVary: Accept\r\nContent-Length: 2\r\n\r\nok", 200,
			[]string{"Cache-Control: public", "Vary: Accept"}, []string{"Cdn-Cache-Control"}, "ok"},
		"a file that nobody keeps": {"GET /qlik/x", "200 OK\r\nCache-Control: no-store, must-revalidate\r\nCDN-Cache-Control: max-age=60\r\nContent-Length: 2\r\n\r\nok", 200,
			[]string{"Cache-Control: no-store, must-revalidate"}, []string{"Cdn-Cache-Control"}, "ok"},
		"JSON with a link": {"GET /qlik/api/x", "200 OK\r\nContent-Type: application/json\r\nETag: \"a\"\r\nAccept-Ranges: bytes\r\nDigest: x\r\nContent-Length: LENGTH\r\n\r\n" + link, 200,
			[]string{`Etag: W/"a-vitrine"`, "Content-Length: 44"}, []string{"Accept-Ranges", "Digest"}, `{"href":"https://portal.example.com/qlik/x"}`},
		"JSON without": {"GET /qlik/api/x", "200 OK\r\nContent-Type: application/json\r\nETag: \"a\"\r\nContent-Length: 7\r\n\r\n{\"a\":1}", 200,
			[]string{`Etag: "a"`, "Content-Length: 7"}, nil, `{"a":1}`},
		"JSON in pieces": {"GET /qlik/api/x", "200 OK\r\nContent-Type: application/problem+json; charset=utf-8\r\nETag: W/\"a\"\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{\"href\":\r\n0\r\n\r\n", 200,
			[]string{`Etag: W/"a"`}, []string{"Content-Length"}, `{"href":`},
		"JSON, compressed": {"GET /qlik/api/x\r\nAccept-Encoding: gzip, br", "200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nETag: \"a\"\r\nContent-Length: LENGTH\r\n\r\n" + zipped(`{"a":"b"}`), 200,
			[]string{`Etag: W/"a-vitrine"`}, []string{"Content-Encoding", "Content-Length"}, `{"a":"b"}`},
		"JSON, compressed twice": {"GET /qlik/api/x\r\nAccept-Encoding: gzip", "200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Encoding: br\r\nETag: \"a\"\r\nContent-Length: 6\r\n\r\nbrotli", 200,
			[]string{`Etag: "a"`, "Content-Encoding: gzip", "Content-Encoding: br"}, nil, "brotli"},
		"JSON, compressed twice, in one line": {"GET /qlik/api/x\r\nAccept-Encoding: gzip", "200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip, br\r\nContent-Length: 6\r\n\r\nbrotli", 200,
			[]string{"Content-Encoding: gzip, br"}, nil, "brotli"},
		"other things, compressed": {"GET /qlik/api/x\r\nAccept-Encoding: gzip", "200 OK\r\nContent-Type: text/csv\r\nContent-Encoding: gzip\r\nETag: \"a\"\r\nContent-Length: LENGTH\r\n\r\n" + zipped("TEN"), 200,
			[]string{`Etag: "a"`, "Content-Encoding: gzip"}, nil, zipped("TEN")},
		"links in a file":         {"GET /qlik/x.json", "200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":2}", 200, []string{"Content-Length: 7"}, nil, `{"a":2}`},
		"a redirect is passed on": {"GET /qlik/x", "302 Found\r\nLocation: TENANT/y\r\nContent-Length: 0\r\n\r\n", 302, []string{"Location: " + publicURL + "/qlik/y"}, nil, ""},
		"to elsewhere, too":       {"GET /qlik/x", "302 Found\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n", 302, []string{"Location: https://elsewhere.example/"}, nil, ""},
		"what speaks of its origin": {"GET /qlik/x", "200 OK\r\nSet-Cookie: a=1\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Private-Network: true\r\nStrict-Transport-Security: max-age=1\r\nAlt-Svc: h3\r\nClear-Site-Data: \"*\"\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n", 200,
			nil, []string{"Set-Cookie", "Access-Control-Allow-Origin", "Access-Control-Allow-Private-Network", "Strict-Transport-Security", "Alt-Svc", "Clear-Site-Data", "Www-Authenticate"}, ""},
		"policies, several": {"GET /qlik/x", "200 OK\r\nContent-Security-Policy: default-src *; frame-ancestors https://a, img-src x\r\nContent-Security-Policy: FRAME-ANCESTORS\thttps://b\r\nContent-Security-Policy-Report-Only: frame-ancestors 'none'\r\nContent-Length: 0\r\n\r\n", 200,
			[]string{"Content-Security-Policy: default-src *; frame-ancestors 'self', img-src x; frame-ancestors 'self'", "Content-Security-Policy: frame-ancestors 'self'", "Content-Security-Policy-Report-Only: frame-ancestors 'self'"}, nil, ""},
		"no type": {"GET /qlik/api/x", "200 OK\r\nX-Content-Type-Options: nosniff\r\nContent-Length: 37\r\n\r\n<html><script>alert(1)</script></html", 200,
			[]string{"X-Content-Type-Options: nosniff"}, []string{"Content-Type"}, "<html><script>alert(1)</script></html"},
		"orders to servers": {"GET /qlik/x", "200 OK\r\nX-Accel-Redirect: /etc/passwd\r\nX-Accel-Buffering: no\r\nX-Sendfile: /etc/passwd\r\nContent-Length: 0\r\n\r\n", 200,
			[]string{"X-Accel-Buffering: no"}, []string{"X-Accel-Redirect", "X-Sendfile"}, ""},
		"no policy":           {"GET /qlik/x", "200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n", 200, nil, []string{"Content-Security-Policy"}, ""},
		"X-Frame-Options":     {"GET /qlik/x", "200 OK\r\nX-Frame-Options: DENY\r\nContent-Length: 0\r\n\r\n", 200, []string{"Content-Security-Policy: frame-ancestors 'self'"}, []string{"X-Frame-Options"}, ""},
		"an empty JSON":       {"GET /qlik/api/x", "200 OK\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n", 200, []string{"Content-Length: 0"}, nil, ""},
		"an odd status":       {"GET /qlik/x", "299 Odd\r\nContent-Length: 2\r\n\r\nok", 299, nil, nil, "ok"},
		"a token for the API": {"GET /qlik/api/v1/csrf-token", "204 No Content\r\nQlik-Csrf-Token: t\r\n\r\n", 204, []string{"Qlik-Csrf-Token: t"}, nil, ""},
	} {
		head, body, _ := strings.Cut(tt.answer, "\r\n\r\n")
		length := len(strings.ReplaceAll(body, "TENANT", "http://127.0.0.1:12345"))
		base, p := scripted(t, "HTTP/1.1 "+strings.ReplaceAll(head, "LENGTH", fmt.Sprint(length))+"\r\n\r\n"+body)
		if strings.Contains(head, "LENGTH") && len(p.TenantURL) != len("http://127.0.0.1:12345") {
			continue // a short port: the length would be another
		}
		line, headers, _ := strings.Cut(tt.ask, "\r\n")
		resp, got := rawDo(t, base, strings.TrimSuffix(line+" HTTP/1.1\r\nHost: p\r\n"+headers, "\r\n")+"\r\n\r\n")
		if resp.StatusCode != tt.status || got != tt.body {
			t.Errorf("%s: %d %q, want %d %q", name, resp.StatusCode, got, tt.status, tt.body)
		}
		for _, line := range tt.has {
			key, value, _ := strings.Cut(line, ": ")
			if !strings.Contains("\n"+strings.Join(resp.Header[key], "\n")+"\n", "\n"+value+"\n") {
				t.Errorf("%s: %s is %q, want %q", name, key, resp.Header[key], value)
			}
		}
		for _, key := range tt.hasNot {
			if value, ok := resp.Header[key]; ok {
				t.Errorf("%s: %s: %q reached the browser", name, key, value)
			}
		}
	}
}

// An update that names the version it was made from must still find it.
func TestMarkedVersionsAreTheTenantsAgain(t *testing.T) {
	var seen http.Header
	base, _ := newRelay(t, func(_ http.ResponseWriter, r *http.Request) { seen = r.Header })
	for in, want := range map[string]string{
		`W/"a-vitrine"`:                 `"a"`,
		`"b", W/"a-vitrine",W/"c"`:      `"b", "a", W/"c"`,
		`W/"a"`:                         `W/"a"`,
		`"a"`:                           `"a"`,
		`*`:                             `*`,
		`"x-vitrine", "y"`:              `"x-vitrine", "y"`,
		`W/"a,b-vitrine"`:               `"a,b"`,
		`"a,b", W/"c-vitrine"`:          `"a,b", "c"`,
		`"a,  b",W/"c,d-vitrine"`:       `"a,  b", "c,d"`,
		`W/"quoted \"comma\"-vitrine"x`: `W/"quoted \"comma\"-vitrine"x`,
	} {
		do(t, request(t, "PUT", base+"/qlik/api/v1/x", "If-Match", in, "If-None-Match", in))
		if seen.Get("If-Match") != want || seen.Get("If-None-Match") != want {
			t.Errorf("%s reached the tenant as %s and %s, want %s", in, seen.Get("If-Match"), seen.Get("If-None-Match"), want)
		}
	}
}

// Pieces of JSON cannot be rewritten: the whole is asked for instead.
func TestRangesOfJSONAreNotAskedFor(t *testing.T) {
	base, _ := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(`{"href":"http://`+r.Host+`/x"}`))
	})
	for _, ranges := range []string{"bytes=3-9", "bytes=0-9,11-29"} {
		resp, body := do(t, request(t, "GET", base+"/qlik/api/v1/x", "Range", ranges))
		if want := `{"href":"` + publicURL + `/qlik/x"}`; resp.StatusCode != 200 || body != want || resp.Header.Get("Content-Range") != "" {
			t.Errorf("%s: %d %s, want the whole: %s", ranges, resp.StatusCode, body, want)
		}
	}
}

// The length of a 304 is that of what it stands for, and of no body to rewrite.
func TestTagOfUnmarkedVersionIsTheTenants(t *testing.T) {
	_, p := newRelay(t, func(http.ResponseWriter, *http.Request) {})
	for marked, want := range map[bool]string{false: `"a"`, true: `W/"a-vitrine"`} {
		resp := &http.Response{
			StatusCode: http.StatusNotModified, ContentLength: 1000, Body: io.NopCloser(strings.NewReader("")),
			Header:  http.Header{"Etag": {`"a"`}, "Content-Type": {"application/json"}, "Content-Length": {"1000"}},
			Request: request(t, "GET", p.TenantURL+"/api/v1/x"),
		}
		path, _ := tenantpath.Parse("/api/v1/x")
		err := p.incoming(&exchange{ResponseWriter: httptest.NewRecorder(), path: path, marked: marked}, resp)
		if got := resp.Header.Get("Etag"); err != nil || got != want {
			t.Errorf("asked with our mark %v: %s, %v; want %s", marked, got, err, want)
		}
	}
}

// By HTTP/2 the end of an answer may come behind its last byte. For a tenant
// whose end is not waited for, the call has been cancelled.
func TestAnswersAreReadToTheirEnd(t *testing.T) {
	cancelled := make(chan error, 1)
	base, _ := newSecureRelay(t, func(w http.ResponseWriter, r *http.Request) {
		body := `{"href":"https://` + map[bool]string{true: r.Host, false: "elsewhere"}[strings.HasSuffix(r.URL.Path, "/link")] + `/x"}`
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		_, _ = io.WriteString(w, body)
		_ = http.NewResponseController(w).Flush()
		select {
		case <-r.Context().Done():
		case <-time.After(100 * time.Millisecond): // what it does behind its answer
		}
		cancelled <- r.Context().Err()
	}, func(*httptest.Server) {})
	for path, want := range map[string]string{
		"/qlik/x":           `{"href":"https://elsewhere/x"}`,
		"/qlik/api/v1/x":    `{"href":"https://elsewhere/x"}`,
		"/qlik/api/v1/link": `{"href":"` + publicURL + `/qlik/x"}`,
	} {
		resp, body := do(t, request(t, "GET", base+path))
		if err := <-cancelled; err != nil || body != want || resp.ContentLength != int64(len(want)) {
			t.Errorf("%s: %d bytes, %s, and the tenant's call ended with %v; want %s", path, resp.ContentLength, body, err, want)
		}
	}
}

func TestEarlyHintsAndTrailersPassWithoutCookies(t *testing.T) {
	base, _ := scripted(t, "HTTP/1.1 102 Processing\r\nSet-Cookie: a=1\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <TENANT/a.css>; rel=preload\r\nSet-Cookie: a=1\r\n\r\n"+
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Checksum, Set-Cookie\r\n\r\n2\r\nok\r\n0\r\nX-Checksum: abc\r\nSet-Cookie: b=1\r\n\r\n")
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "GET /qlik/x HTTP/1.1\r\nHost: p\r\nTE: trailers\r\nConnection: close\r\n\r\n")
	all, _ := io.ReadAll(bufio.NewReader(conn))
	got := string(all)
	for _, want := range []string{"HTTP/1.1 103 Early Hints\r\nLink: <" + publicURL + "/qlik/a.css>; rel=preload\r\n\r\n", "HTTP/1.1 200 OK\r\n", "X-Checksum: abc\r\n", "X-Request-Id: id-1\r\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	if strings.Contains(got, "Cookie") || strings.Contains(got, " 102 ") {
		t.Errorf("a cookie of the tenant's, or an answer that says nothing, in %q", got)
	}
}

// Whatever a tenant does wrong is told in Qlik's form, or ends the connection
// where the answer has begun: never a panic, never a whole answer that is not.
func TestMisbehavingTenant(t *testing.T) {
	for name, tt := range map[string]struct {
		answer string
		status string // of ours; or "cut"
	}{
		"garbage":               {"\x16\x03\x01 hello\r\n\r\n", "502"},
		"nothing":               {"", "502"},
		"half a head":           {"HTTP/1.1 200 OK\r\nContent-Le", "502"},
		"a header bomb":         {"HTTP/1.1 200 OK\r\n" + strings.Repeat("X-Bomb: "+strings.Repeat("x", 1000)+"\r\n", 1000) + "\r\n", "502"},
		"an endless header":     {"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 4<<20), "502"},
		"endless hints":         {strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", 50_000), "502"},
		"two lengths":           {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok", "502"},
		"a negative length":     {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nok", "502"},
		"an unasked-for switch": {"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "502"},
		"a short body":          {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok", "cut"},
		"a short body of JSON":  {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{}", "cut"},
		"a broken chunk":        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok", "cut"},
		"gzip that is none":     {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", "cut"},
		"gzip cut short":        {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 12\r\n\r\n" + zipped("{}")[:12], "cut"},
	} {
		base, p := scripted(t, tt.answer)
		resp, err := http.DefaultClient.Do(request(t, "GET", base+"/qlik/api/x", "Accept-Encoding", "gzip"))
		if err != nil {
			if tt.status != "cut" {
				t.Errorf("%s: %v, want %s", name, err, tt.status)
			}
			continue
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if tt.status == "cut" && err == nil {
			t.Errorf("%s: the browser takes %q for a whole answer", name, body)
		}
		if tt.status != "cut" && (fmt.Sprint(resp.StatusCode) != tt.status || !strings.Contains(string(body), `"traceId":"id-1"`)) {
			t.Errorf("%s: %d %.100q, want %s in Qlik's form with the request's ID", name, resp.StatusCode, body, tt.status)
		}
		waitFor(t, "the exchange to be forgotten", func() bool { return p.underWay() == 0 })
	}
}

// An answer without a body may say how long it would be (RFC 9110 section 8.6).
func TestNotModifiedMayHaveALength(t *testing.T) {
	base, _ := newSecureRelay(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Etag", `"a"`)
		w.Header().Set("Content-Length", "1000")
		w.WriteHeader(http.StatusNotModified)
	}, func(*httptest.Server) {})
	for _, path := range []string{"/qlik/resources/x.js", "/qlik/api/v1/x"} {
		resp, err := http.DefaultClient.Do(request(t, "GET", base+path, "If-None-Match", `"a"`))
		if err != nil {
			t.Errorf("%s: %v, want 304", path, err)
			continue
		}
		if _ = resp.Body.Close(); resp.StatusCode != http.StatusNotModified {
			t.Errorf("%s: %d, want 304", path, resp.StatusCode)
		}
	}
}

// underWay counts exchanges.
func (p *Proxy) underWay() (n int) {
	p.traffic.mu.Lock()
	defer p.traffic.mu.Unlock()
	for x := p.traffic.first; x != nil; x = x.next {
		n++
	}
	return n
}
