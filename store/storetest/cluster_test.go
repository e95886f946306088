package storetest

import (
	"strings"
	"testing"
)

func TestClusterHasThreeMastersWithReplicas(t *testing.T) {
	c := Cluster(t, 1)
	if len(c.Servers) != 6 || strings.Count(c.URL, ",") != 5 {
		t.Fatalf("%d servers at %s", len(c.Servers), c.URL)
	}
	for i, s := range c.Servers {
		want := "master\n"
		if i >= clusterMasters {
			want = "slave\n"
		}
		if role := s.cli(t, "ROLE"); !strings.HasPrefix(role, want) {
			t.Errorf("server %d is a %.10q, want %q", i, role, want)
		}
	}
}
