package rewrite

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"
)

const publicURL = "https://portal.example.com"

func TestLinksAreFoundAcrossPieces(t *testing.T) {
	const tenant = "https://acme.eu.qlikcloud.com"
	rw := rewriterFor(t, tenant)
	in := strings.Repeat(`{"href":"`+tenant+`/x"}`+tenant, 50)
	want := strings.Repeat(`{"href":"`+publicURL+`/qlik/x"}`+tenant, 49) + `{"href":"` + publicURL + `/qlik/x"}` + publicURL + "/qlik"
	out, err := io.ReadAll(rw.Body(io.NopCloser(iotest.OneByteReader(strings.NewReader(in)))))
	if err != nil {
		t.Fatal(err)
	}
	// Followed by "{" the origin is no address: only the last one ends.
	if string(out) != want {
		t.Errorf("rewritten in pieces:\n%.300s\nwant\n%.300s", out, want)
	}
	whole, _ := io.ReadAll(rw.Body(io.NopCloser(strings.NewReader(in))))
	if !bytes.Equal(whole, out) {
		t.Error("in one piece the result differs")
	}
}

// rewriterFor brings addresses of one tenant back under publicURL.
func rewriterFor(t *testing.T, tenant string) *Rewriter {
	t.Helper()
	u, err := url.Parse(tenant)
	if err != nil {
		t.Fatal(err)
	}
	return New(u, publicURL+"/qlik", "/qlik")
}

func TestEverySpellingOfTheTenantInJSON(t *testing.T) {
	const ours, socket = publicURL + "/qlik", "wss://portal.example.com/qlik"
	for _, tt := range []struct{ tenant, in, out string }{
		{"https://acme.eu.qlikcloud.com", `"https://acme.eu.qlikcloud.com/api"`, `"` + ours + `/api"`},
		{"https://acme.eu.qlikcloud.com", `"https://acme.eu.qlikcloud.com"`, `"` + ours + `"`},
		{"https://acme.eu.qlikcloud.com", `"https://acme.eu.qlikcloud.com?x"`, `"` + ours + `?x"`},
		{"https://acme.eu.qlikcloud.com", `"https://acme.eu.qlikcloud.com:443/api"`, `"` + ours + `/api"`},
		{"https://acme.eu.qlikcloud.com", `"HTTPS://Acme.EU.qlikcloud.COM/Api"`, `"` + ours + `/Api"`},
		{"https://acme.eu.qlikcloud.com", `"https:\/\/acme.eu.qlikcloud.com\/api"`, `"` + ours + `\/api"`},
		{"https://acme.eu.qlikcloud.com", `"https:\u002F\u002facme.eu.qlikcloud.com\u002Fapi"`, `"` + ours + `\u002Fapi"`},
		{"https://acme.eu.qlikcloud.com", `"wss://acme.eu.qlikcloud.com/app/x"`, `"` + socket + `/app/x"`},
		{"https://acme.eu.qlikcloud.com", `"{\"href\":\"https://acme.eu.qlikcloud.com\"}"`, `"{\"href\":\"` + ours + `\"}"`},
		{"https://acme.eu.qlikcloud.com", `"see <https://acme.eu.qlikcloud.com>, or https://acme.eu.qlikcloud.com too"`, `"see <` + ours + `>, or ` + ours + ` too"`},
		{"http://127.0.0.1:8090", `["http://127.0.0.1:8090/a","ws://127.0.0.1:8090/b"]`, `["` + ours + `/a","` + socket + `/b"]`},
		{"https://acme.eu.qlikcloud.com:443", `"https://acme.eu.qlikcloud.com/api"`, `"` + ours + `/api"`},
		{"https://[2001:db8::1]", `"https://[2001:db8::1]/api"`, `"` + ours + `/api"`},
		// What stands before it may be an escape, whose last letter is none of the scheme's.
		{"https://acme.eu.qlikcloud.com", `"\u003chttps://acme.eu.qlikcloud.com/api?x\u003e"`, `"\u003c` + ours + `/api?x\u003e"`},
		{"https://acme.eu.qlikcloud.com", `"see\nhttps://acme.eu.qlikcloud.com/x,\twss://acme.eu.qlikcloud.com/y"`, `"see\n` + ours + `/x,\t` + socket + `/y"`},
		{"https://acme.eu.qlikcloud.com", `"{\"text\":\"see\\nhttps://acme.eu.qlikcloud.com/x\"}"`, `"{\"text\":\"see\\n` + ours + `/x\"}"`},
		{"https://acme.eu.qlikcloud.com", `"\u0022https://acme.eu.qlikcloud.com\u0022"`, `"\u0022` + ours + `\u0022"`},
		{"https://acme.eu.qlikcloud.com", `"\u0027https://acme.eu.qlikcloud.com\u0027"`, `"\u0027` + ours + `\u0027"`},
		{"https://acme.eu.qlikcloud.com", `"a=b&u=https://acme.eu.qlikcloud.com&x=y"`, `"a=b&u=` + ours + `&x=y"`},
		{"https://acme.eu.qlikcloud.com", `"u=https://acme.eu.qlikcloud.com\u0026x=y"`, `"u=` + ours + `\u0026x=y"`},
		{"https://acme.eu.qlikcloud.com", `"https://acme.eu.qlikcloud.com; https://acme.eu.qlikcloud.com\u003B"`, `"` + ours + `; ` + ours + `\u003B"`},
		// Addresses of other hosts stay.
		{"https://acme.eu.qlikcloud.com", `"https://acme.eu.qlikcloud.com.evil.example/api"`, ""},
		{"https://acme.eu.qlikcloud.com", `"https://acme.eu.qlikcloud.com\u002eevil.example/api"`, ""},
		{"https://acme.eu.qlikcloud.com", `"https://acme.eu.qlikcloud.com\u0040evil.example/api"`, ""},
		{"https://acme.eu.qlikcloud.com", `"https://acme.eu.qlikcloud.com\u2f2fevil.example/api"`, ""},
		{"https://acme.eu.qlikcloud.com", `"https://acme.eu.qlikcloud.com\u00"`, ""},
		{"https://acme.eu.qlikcloud.com", `"https://acme.eu.qlikcloud.community/api"`, ""},
		{"https://acme.eu.qlikcloud.com", `"https://acme.eu.qlikcloud.com@evil.example/"`, ""},
		{"https://acme.eu.qlikcloud.com", `"https://acme.eu.qlikcloud.com:4430/"`, ""},
		{"https://acme.eu.qlikcloud.com", `"https://acme.eu.qlikcloud.com:8443/"`, ""},
		{"https://acme.eu.qlikcloud.com", `"https://x.acme.eu.qlikcloud.com/"`, ""},
		{"https://acme.eu.qlikcloud.com", `"http://acme.eu.qlikcloud.com/"`, ""},
		{"https://acme.eu.qlikcloud.com", `"git+https://acme.eu.qlikcloud.com/"`, ""},
		{"https://acme.eu.qlikcloud.com", `"https:/acme.eu.qlikcloud.com/"`, ""},
		{"https://acme.eu.qlikcloud.com", `"https:\\acme.eu.qlikcloud.com/"`, ""},
		{"http://127.0.0.1:8090", `"http://127.0.0.1:80901/" "http://127.0.0.1/"`, ""},
	} {
		want := tt.out
		if want == "" {
			want = tt.in
		}
		rw := rewriterFor(t, tt.tenant)
		out, hit := rw.Bytes([]byte(tt.in))
		if got := string(out); hit && got != want || !hit && want != tt.in {
			t.Errorf("%s became %s, want %s", tt.in, got, want)
		}
		for name, from := range map[string]io.Reader{
			"a byte at a time": iotest.OneByteReader(strings.NewReader(tt.in)),
			"with its end":     iotest.DataErrReader(strings.NewReader(tt.in)),
		} {
			if got, err := io.ReadAll(rw.Body(io.NopCloser(from))); err != nil || string(got) != want {
				t.Errorf("%s, %s, became %s, %v; want %s", tt.in, name, got, err, want)
			}
		}
	}
}

// However a text is cut, the result is the same, and nothing is held back that
// cannot be the beginning of an address.
func TestPiecesMakeNoDifference(t *testing.T) {
	rw := rewriterFor(t, "https://acme.eu.qlikcloud.com")
	words := []string{`https://acme.eu.qlikcloud.com`, `https:\/\/ACME.eu.qlikcloud.com`, `wss://acme.eu.qlikcloud.com`, `:443`, `/`, `"`, `.evil`, `x`, `h`, `https`, `https:`, `\u002f`, `\u0026`, `\u00`, `\n`, `\`, `{"a":1}`}
	random := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		var text []byte
		for range 1 + random.IntN(8) {
			text = append(text, words[random.IntN(len(words))]...)
		}
		whole, hit := rw.Bytes(text)
		if !hit {
			whole = text
		}
		var pieces []io.Reader
		for rest := text; len(rest) > 0; {
			n := 1 + random.IntN(len(rest))
			pieces, rest = append(pieces, bytes.NewReader(rest[:n])), rest[n:]
		}
		got, err := io.ReadAll(rw.Body(io.NopCloser(io.MultiReader(pieces...))))
		if err != nil || !bytes.Equal(got, whole) {
			t.Fatalf("%s in %d pieces became %s, want %s", text, len(pieces), got, whole)
		}
	}
	if out, done := rw.replace(nil, []byte(`{"first":1,`), 0, false); done != len(out) || done == 0 {
		t.Errorf("%d bytes of a text without an address went on, want all", done)
	}
}

func TestAddressesInHeadersComeBack(t *testing.T) {
	const ours = publicURL + "/qlik"
	rw := rewriterFor(t, "https://acme.eu.qlikcloud.com")
	for _, tt := range []struct{ name, in, out string }{
		{"Location", "https://ACME.eu.qlikcloud.com:443/a%2Fb?x=%20#y", ours + "/a%2Fb?x=%20#y"},
		{"Location", "https://acme.eu.qlikcloud.com", ours + "/"},
		{"Location", "//acme.eu.qlikcloud.com/a", ours + "/a"},
		{"Location", "/a?b", "/qlik/a?b"},
		{"Location", "a", "a"},
		{"Location", "//evil.example/a", "//evil.example/a"},
		{"Location", "https://acme.eu.qlikcloud.com@evil.example/", "https://acme.eu.qlikcloud.com@evil.example/"},
		{"Location", "https://acme.eu.qlikcloud.com:8443/", "https://acme.eu.qlikcloud.com:8443/"},
		{"Location", "https://acme.eu.qlikcloud.com?x", ours + "/?x"},
		{"Location", "https:acme.eu.qlikcloud.com//a", "https:acme.eu.qlikcloud.com//a"},
		// What Go does not parse.
		{"Location", "https://acme.eu.qlikcloud.com/a%zz", ours + "/a%zz"},
		{"Location", "https://acme.eu.qlikcloud.com/a#100%", ours + "/a#100%"},
		{"Location", "//acme.eu.qlikcloud.com/a%zz", ours + "/a%zz"},
		{"Location", "/a%zz", "/qlik/a%zz"},
		{"Location", "/single/?appid=1#50%", "/qlik/single/?appid=1#50%"},
		{"Location", "a%zz", "a%zz"},
		{"Location", `/\evil.example/a%zz`, `/qlik/\evil.example/a%zz`},
		{"Location", "/\t/evil.example/", "/qlik/\t/evil.example/"},
		{"Location", "///evil.example/a%zz", "/qlik///evil.example/a%zz"},
		{"Location", "//evil.example/a%zz", "//evil.example/a%zz"},
		{"Location", "https://evil.example/a%zz?x=https://acme.eu.qlikcloud.com/", "https://evil.example/a%zz?x=https://acme.eu.qlikcloud.com/"},
		{"Location", "https://acme.eu.qlikcloud.com.evil.example/a%zz", "https://acme.eu.qlikcloud.com.evil.example/a%zz"},
		{"Location", "https://acme.eu.qlikcloud.com@evil.example/a%zz", "https://acme.eu.qlikcloud.com@evil.example/a%zz"},
		{"Location", `https://acme.eu.qlikcloud.com\@evil.example/`, `https://acme.eu.qlikcloud.com\@evil.example/`},
		{"Location", "https://acme.eu.qlikcloud.com%2eevil.example/", "https://acme.eu.qlikcloud.com%2eevil.example/"},
		{"Link", `</a%zz>; rel=next, <https://acme.eu.qlikcloud.com/b%>; rel=prev`, `</qlik/a%zz>; rel=next, <` + ours + `/b%>; rel=prev`},
		{"Content-Location", "https://acme.eu.qlikcloud.com/a", ours + "/a"},
		{"Link", `<https://acme.eu.qlikcloud.com/a>; rel="next", </b>; rel=prev, <https://other.example/>; rel="x"`, `<` + ours + `/a>; rel="next", </qlik/b>; rel=prev, <https://other.example/>; rel="x"`},
		{"Link", `<https://acme.eu.qlikcloud.com.evil/a>; rel=next`, `<https://acme.eu.qlikcloud.com.evil/a>; rel=next`},
		{"Link", `broken <https://acme.eu.qlikcloud.com/a`, `broken <https://acme.eu.qlikcloud.com/a`},
		{"Refresh", "5; URL=https://acme.eu.qlikcloud.com/a", "5; URL=" + ours + "/a"},
		{"Refresh", `0;url='/a'`, `0;url=/qlik/a`},
		{"Refresh", "5", "5"},
	} {
		h := http.Header{tt.name: {tt.in}}
		rw.Headers(h)
		if got := h.Get(tt.name); got != tt.out {
			t.Errorf("%s: %s became %s, want %s", tt.name, tt.in, got, tt.out)
		}
	}
}

// Small answers without an address cost no copy.
func TestNothingIsCopiedWithoutAHit(t *testing.T) {
	rw := rewriterFor(t, "https://acme.eu.qlikcloud.com")
	text := []byte(strings.Repeat(`{"id":"x","name":"https://elsewhere.example/a","at":"2026-11-20T04:00:00Z"},`, 30))
	if n := testing.AllocsPerRun(100, func() { rw.Bytes(text) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
