package bench

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

// writeProfiles keeps run going on the portal and writes what it spends its
// time and its memory on.
func writeProfiles(b *testing.B, name string, s side) {
	b.Helper()
	s.measure(b)
	done := make(chan struct{})
	go func() {
		defer close(done)
		fetchProfile(b, s.child, "profile?seconds=6", name+".cpu")
	}()
	for running := true; running; {
		s.measure(b)
		select {
		case <-done:
			running = false
		default:
		}
	}
	fetchProfile(b, s.child, "allocs", name+".allocs")
	fetchProfile(b, s.child, "heap?gc=1", name+".heap")
}

func fetchProfile(b *testing.B, c *child, what, name string) {
	b.Helper()
	resp, err := http.Get("http://" + c.profile + "/debug/pprof/" + what)
	if err != nil {
		b.Error(err)
		return
	}
	defer resp.Body.Close()
	profile, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode == http.StatusOK {
		err = os.WriteFile(filepath.Join(*profiles, name+".pprof"), profile, 0o600)
	}
	if err != nil || resp.StatusCode != http.StatusOK {
		b.Errorf("profile %s: %d, %v", name, resp.StatusCode, err)
	}
}
