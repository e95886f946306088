package storetest

import "testing"

// Two servers of one test once got the same port: the second was not listening
// yet when the first asked.
func TestFreePortGivesNoPortTwice(t *testing.T) {
	given := make(map[string]bool)
	for range 600 {
		port := FreePort(t)
		if given[port] {
			t.Fatalf("port %s was given twice", port)
		}
		given[port] = true
	}
}
