package proxy

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// Requests are followed however they are cut, and never further than to what
// is ambiguous.
func TestFramingInPieces(t *testing.T) {
	const good = "GET /a HTTP/1.1\r\nHost: x\r\nContent-Type: y\r\nTe: trailers\r\n\r\n" +
		"\r\nPOST /b HTTP/1.1\r\nHost: x\r\ncontent-length: 12 \r\n\r\nhello\nhello\n" +
		"POST /c HTTP/1.1\r\nHost: x\r\ntransfer-encoding: chunked\r\n\r\n5;x=y\r\n\nello\r\nA \r\n0123456789\r\n0\r\nX: y\r\n\r\n" +
		"GET /d HTTP/1.1\r\nContent-Length: 0\r\n\r\n"
	random := rand.New(rand.NewPCG(1, 2))
	for name, tt := range map[string]struct{ bad, at string }{
		"nothing":           {"", ""},
		"bare LF":           {"GET /e HTTP/1.1\r\nHost: x\nX: y\r\n\r\n", "Host: x\n"},
		"folded":            {"GET /e HTTP/1.1\r\nHost: x\r\n y\r\n\r\n", " y"},
		"length and chunks": {"GET /e HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "Transfer"},
		"two codings":       {"GET /e HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n", "Transfer"},
		"distant upgrade":   {"GET /e HTTP/1.1\r\nUpgrade:" + strings.Repeat(" ", 40) + "websocket\r\n\r\n", "Upgrade"},
		"chunk end":         {"GET /e HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n", "bc"},
		"chunk size":        {"GET /e HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\r\n", "\r\n"},
	} {
		text := good + tt.bad
		for range 50 {
			var f framing
			passed := 0
			for passed < len(text) {
				n := 1 + random.IntN(len(text)-passed)
				done := f.follow([]byte(text[passed : passed+n]))
				passed += done
				if done < n {
					break
				}
			}
			// Cut in the middle of a line, some of it has passed before it ends.
			if tt.bad == "" && (passed != len(text) || f.part != inRequestLine) {
				t.Fatalf("%s: refused behind %q", name, text[:passed])
			}
			if tt.bad != "" && (passed < len(good) || passed == len(text)) {
				t.Fatalf("%s: passed up to %q", name, text[:passed])
			}
		}
		if tt.bad == "" {
			continue
		}
		var f framing
		if done, want := f.follow([]byte(text)), len(good)+strings.LastIndex(tt.bad, tt.at); done != want {
			t.Errorf("%s: passed up to %q, want up to %q", name, text[:done], text[:want])
		}
	}
}
