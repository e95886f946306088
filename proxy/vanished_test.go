package proxy

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A tenant that takes no more of an upload, and says nothing, is not waited
// for; one that takes it piece by piece is, and so is one that has taken all.
func TestUploadsThatAreNotTakenAreGivenUp(t *testing.T) {
	stop := make(chan struct{})
	base, p := newRelay(t, func(_ http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/never":
			<-stop
		case "/slowly":
			for {
				if _, err := io.CopyN(io.Discard, r.Body, 1<<20); err != nil {
					break
				}
				time.Sleep(80 * time.Millisecond)
			}
		case "/at-last":
			_, _ = io.Copy(io.Discard, r.Body)
			time.Sleep(1200 * time.Millisecond)
		}
	}, func(o *Options) { o.StallTime = time.Second })
	defer close(stop)
	for _, tt := range []struct {
		path   string
		size   int64
		status string
	}{
		{"/never", 64 << 20, "504"},
		{"/slowly", 16 << 20, "200"},
		{"/at-last", 1 << 20, "200"},
	} {
		r := request(t, "POST", base+"/qlik"+tt.path)
		r.Body, r.ContentLength = io.NopCloser(generator(tt.size)), tt.size
		got := ""
		if resp, err := http.DefaultClient.Do(r); err == nil {
			body, _ := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if got = resp.Status[:3]; got == "504" && !strings.Contains(string(body), "did not take") {
				t.Errorf("%s: %s", tt.path, body)
			}
		} else {
			got = err.Error()
		}
		// Who is refused in the middle of sending may see the connection's end only.
		cut := strings.Contains(got, "connection reset") || strings.Contains(got, "broken pipe")
		if got != tt.status && (tt.status != "504" || !cut) {
			t.Errorf("%s, %d bytes: %s, want %s", tt.path, tt.size, got, tt.status)
		}
		waitFor(t, "its place to become free", func() bool { return p.underWay() == 0 })
	}
}
