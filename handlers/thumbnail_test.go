package handlers

import (
	"net/http"
	"strings"
	"testing"

	"vitrine/demo"
)

// A tenant that breaks off must not break the picture of a card.
func TestThumbnailThatBreaksOffIsAPlaceholder(t *testing.T) {
	p, b := signedIn(t)
	app := firstApp(t, b, "Accounts Receivable")
	checkPicture := func(when string) {
		t.Helper()
		if a := b.get(t, app+"/thumbnail"); a.Header.Get("Content-Type") != "image/png" {
			t.Errorf("%s: %d %s, want the picture", when, a.StatusCode, a.Header.Get("Content-Type"))
		}
	}
	checkPicture("before")
	remove := p.tenant.Inject(demo.Fault{Path: "/api/v1" + app + "/media/thumbnail", Kind: demo.FaultTruncated})
	a := b.get(t, app+"/thumbnail")
	if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != "image/svg+xml" || a.body != nothing {
		t.Errorf("%d %s %.100q, want the placeholder", a.StatusCode, a.Header.Get("Content-Type"), a.body)
	}
	remove()
	checkPicture("afterwards")
}

func TestPageForClientsThatRefuseGzip(t *testing.T) {
	_, b := signedIn(t)
	for _, accept := range []string{"gzip;q=0", "identity, gzip; q=0.000", "x-gzip"} {
		a := b.get(t, "/", "Accept-Encoding", accept)
		if coding := a.Header.Get("Content-Encoding"); coding != "" || !strings.Contains(a.body, "<html") {
			t.Errorf("%s: the page comes in %q", accept, coding)
		}
	}
}
