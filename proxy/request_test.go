package proxy

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestPathsArriveAsSent(t *testing.T) {
	var seen string
	base, _ := newRelay(t, func(_ http.ResponseWriter, r *http.Request) { seen = r.RequestURI })
	for _, path := range []string{"/api/v1/items/a%23b?x=1", "/api//v1///x", "/api/v1/apps/%E2%82%AC/media/a%20b.png", "/app/id;v=1/x", "/api/v1/" + strings.Repeat("long/", 500)} {
		do(t, request(t, "GET", base+"/qlik"+path))
		if seen != path {
			t.Errorf("path %q arrived as %q", path, seen)
		}
	}
}

// rawTenant answers every request with "200" and remembers it byte by byte.
func rawTenant(t *testing.T) (url string, next func() string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	seen := make(chan string, 10)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				var got bytes.Buffer
				r := bufio.NewReader(io.TeeReader(conn, &got))
				request, err := http.ReadRequest(r)
				if err != nil {
					return
				}
				_, _ = io.Copy(io.Discard, request.Body)
				seen <- got.String()
				_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
			}()
		}
	}()
	return "http://" + listener.Addr().String(), func() string {
		select {
		case request := <-seen:
			return request
		case <-time.After(5 * time.Second):
			t.Error("the tenant was not asked")
			return ""
		}
	}
}

func TestRequestsArriveAsSent(t *testing.T) {
	tenant, next := rawTenant(t)
	base, _ := newRelay(t, nil, func(o *Options) { o.TenantURL = tenant })
	for name, tt := range map[string]struct {
		send string // after the prefix, up to the end
		line string // the tenant's first line
	}{
		"any method":         {"PROPFIND /qlik/a HTTP/1.1\r\nHost: p\r\n\r\n", "PROPFIND /a HTTP/1.1"},
		"encoded":            {"GET /qlik/a/%C3%a9%3f%3D%7Eb HTTP/1.1\r\nHost: p\r\n\r\n", "GET /a/%C3%a9%3f%3D%7Eb HTTP/1.1"},
		"unescaped":          {"GET /qlik/a/a|b^c[d]{e}\"f HTTP/1.1\r\nHost: p\r\n\r\n", "GET /a/a|b^c[d]{e}\"f HTTP/1.1"},
		"double slashes":     {"GET /qlik//a//b/ HTTP/1.1\r\nHost: p\r\n\r\n", "GET //a//b/ HTTP/1.1"},
		"dots":               {"GET /qlik/a/..b/.c/d%2e%2e HTTP/1.1\r\nHost: p\r\n\r\n", "GET /a/..b/.c/d%2e%2e HTTP/1.1"},
		"no query":           {"GET /qlik/a? HTTP/1.1\r\nHost: p\r\n\r\n", "GET /a? HTTP/1.1"},
		"odd query":          {"GET /qlik/a?x=1;y=%zz&&=&z=+%20&a?b HTTP/1.1\r\nHost: p\r\n\r\n", "GET /a?x=1;y=%zz&&=&z=+%20&a?b HTTP/1.1"},
		"token in the query": {"GET /qlik/a?x=1&accessToken=s&y=2 HTTP/1.1\r\nHost: p\r\n\r\n", "GET /a?x=1&y=2 HTTP/1.1"},
		"token, semicolon":   {"GET /qlik/a?x=1;AccessToken=s;y=2 HTTP/1.1\r\nHost: p\r\n\r\n", "GET /a?x=1;y=2 HTTP/1.1"},
		"token, last":        {"GET /qlik/a?x=1&access%54oken=s HTTP/1.1\r\nHost: p\r\n\r\n", "GET /a?x=1 HTTP/1.1"},
		"a cursor":           {"GET /qlik/a?next=a%2Bb%3D%3D&token=mine HTTP/1.1\r\nHost: p\r\n\r\n", "GET /a?next=a%2Bb%3D%3D&token=mine HTTP/1.1"},
		"body":               {"PUT /qlik/a HTTP/1.1\r\nHost: p\r\nContent-Length: 5\r\n\r\nhello", "PUT /a HTTP/1.1"},
		"empty body":         {"POST /qlik/a HTTP/1.1\r\nHost: p\r\nContent-Length: 0\r\n\r\n", "POST /a HTTP/1.1"},
		"very long":          {"GET /qlik/" + strings.Repeat("a/%20", 10000) + " HTTP/1.1\r\nHost: p\r\n\r\n", "GET /" + strings.Repeat("a/%20", 10000) + " HTTP/1.1"},
	} {
		resp, _ := rawDo(t, base, tt.send)
		got := next()
		if line, _, _ := strings.Cut(got, "\r\n"); line != tt.line || resp.StatusCode != 200 {
			t.Errorf("%s: the tenant saw %.200q, want %.200q; status %d", name, line, tt.line, resp.StatusCode)
		}
		if _, sent, _ := strings.Cut(tt.send, "\r\n\r\n"); !strings.HasSuffix(got, "\r\n\r\n"+sent) {
			t.Errorf("%s: the body is lost in %q", name, got)
		}
		if host := "\r\nHost: " + strings.TrimPrefix(tenant, "http://") + "\r\n"; strings.Count(got, host) != 1 {
			t.Errorf("%s: no %q in %.200q", name, host, got)
		}
	}
}

// Whatever a browser says of where to go, requests go to the tenant.
func TestNeverAnotherHost(t *testing.T) {
	tenant, next := rawTenant(t)
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	go func() {
		if conn, err := other.Accept(); err == nil {
			t.Error("another host was asked")
			conn.Close()
		}
	}()
	evil := other.Addr().String()
	base, _ := newRelay(t, nil, func(o *Options) { o.TenantURL = tenant })
	for name, tt := range map[string]struct{ target, header, line string }{
		"absolute form":     {"http://" + evil + "/qlik/x", "", "GET /x HTTP/1.1"},
		"host header":       {"/qlik/x", "Host: " + evil, "GET /x HTTP/1.1"},
		"forwarded host":    {"/qlik/x", "X-Forwarded-Host: " + evil + "\r\nForwarded: host=" + evil + "\r\nX-Host: " + evil + "\r\nX-Original-Url: http://" + evil, "GET /x HTTP/1.1"},
		"two slashes":       {"/qlik//localhost/x", "", "GET //localhost/x HTTP/1.1"},
		"user information":  {"/qlik/x/@" + evil, "", "GET /x/@" + evil + " HTTP/1.1"},
		"a URL in the path": {"/qlik/x/http://" + evil + "/", "", "GET /x/http://" + evil + "/ HTTP/1.1"},
		"question mark":     {"/qlik/?@" + evil, "", "GET /?@" + evil + " HTTP/1.1"},
	} {
		header := tt.header
		if !strings.HasPrefix(header, "Host:") {
			header = strings.TrimSuffix("Host: portal\r\n"+header, "\r\n")
		}
		rawDo(t, base, "GET "+tt.target+" HTTP/1.1\r\n"+header+"\r\n\r\n")
		got := next()
		line, rest, _ := strings.Cut(got, "\r\n")
		if line != tt.line || strings.Contains(rest, evil) {
			t.Errorf("%s: the tenant saw %q, want %q and nothing of %s", name, got, tt.line, evil)
		}
	}
	for _, target := range []string{
		"//" + evil + "/x", "/qlikevil/x", "*", "/", "/qlik", "/qlik//" + evil + "/x", "/qlik/@" + evil, "/qlik/..//" + evil,
		"/qlik/http://" + evil + "/", "/qlik/\\\\" + evil,
	} {
		if resp, _ := rawDo(t, base, "GET "+target+" HTTP/1.1\r\nHost: p\r\n\r\n"); resp.StatusCode/100 != 4 {
			t.Errorf("%s: status %d, want a refusal", target, resp.StatusCode)
		}
	}
}

func TestHeadersThatAreNotTheTenants(t *testing.T) {
	tenant, next := rawTenant(t)
	base, _ := newRelay(t, nil, func(o *Options) { o.TenantURL = tenant })
	gone := []string{
		"Cookie: a=1", "Origin: https://evil.example", "Authorization: Bearer mine", "X-Forwarded-For: 1", "X-Forwarded-Proto: http", "X-Forwarded-Port: 1",
		"X-Forwarded-Prefix: /x", "X-Forwarded-Anything: 1", "Forwarded: for=1", "Via: 1.1 x", "X-Real-Ip: 1", "True-Client-Ip: 1", "CF-Connecting-IP: 1",
		"Proxy-Authorization: Basic x", "Proxy-Connection: close", "Proxy: http://evil.example", "Keep-Alive: 1", "X-HTTP-Method-Override: DELETE",
		"X-Original-URL: /oauth/token", "X-Rewrite-Url: /oauth/token", "X-Hop: 1",
		"X_HTTP_Method_Override: DELETE", "X_Forwarded_Host: evil.example", "Transfer_Encoding: chunked",
	}
	kept := []string{
		"Qlik-Api-Version: 2026-08", "Qlik-Web-Integration-Id: WI-1", "Qlik-Csrf-Token: c", "Accept: */*", "Accept-Language: de", "If-None-Match: \"x\"", "Range: bytes=0-1",
		"Referer: https://portal.example.com/apps", "Sec-Fetch-Site: same-origin", "User-Agent: qlik-api/2.19.0", "Traceparent: 00-1", "X-Own: 1", "Accept-Encoding: br;q=1.0, zstd",
	}
	rawDo(t, base, "GET /qlik/x HTTP/1.1\r\nHost: portal\r\nConnection: X-Hop, Authorization\r\n"+strings.Join(gone, "\r\n")+"\r\n"+strings.Join(kept, "\r\n")+"\r\n\r\n")
	got := next()
	for _, line := range gone {
		name, _, _ := strings.Cut(line, ":")
		if strings.Contains(strings.ToLower(got), "\r\n"+strings.ToLower(line)+"\r\n") {
			t.Errorf("%s reached the tenant", name)
		}
	}
	for _, line := range append(kept, "Authorization: Bearer token-1") {
		if !strings.Contains(got, "\r\n"+line+"\r\n") {
			t.Errorf("no %q in %q", line, got)
		}
	}
	rawDo(t, base, "GET /qlik/x HTTP/1.1\r\nHost: portal\r\n\r\n")
	if got := next(); strings.Contains(got, "User-Agent") || strings.Contains(got, "Accept-Encoding") {
		t.Errorf("headers of our own in %q", got)
	}
}

func TestRequestBodiesStreamWithTrailersAndContinue(t *testing.T) {
	first := make(chan string, 1)
	base, _ := newRelay(t, func(w http.ResponseWriter, r *http.Request) {
		piece := make([]byte, 5)
		_, _ = io.ReadFull(r.Body, piece)
		first <- string(piece)
		rest, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %d", rest, r.Trailer.Get("X-Checksum"), r.ContentLength)
	})
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	_, _ = io.WriteString(conn, "POST /qlik/x HTTP/1.1\r\nHost: p\r\nTransfer-Encoding: chunked\r\nTrailer: X-Checksum\r\nExpect: 100-continue\r\n\r\n")
	r := bufio.NewReader(conn)
	if line, _ := r.ReadString('\n'); !strings.HasPrefix(line, "HTTP/1.1 100 ") {
		t.Fatalf("%q, want 100 Continue", line)
	}
	_, _ = r.ReadString('\n')
	_, _ = io.WriteString(conn, "5\r\nfirst\r\n")
	select {
	case got := <-first:
		if got != "first" {
			t.Errorf("first piece %q", got)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("the first piece waits for the last")
	}
	_, _ = io.WriteString(conn, "4\r\nlast\r\n0\r\nX-Checksum: abc\r\n\r\n")
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); string(body) != "last abc -1" {
		t.Errorf("the tenant received %s", body)
	}
}
