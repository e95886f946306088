package contentcoding

import "testing"

func TestAccepts(t *testing.T) {
	for _, tt := range []struct {
		values []string
		want   bool
	}{
		{nil, false},
		{[]string{""}, false},
		{[]string{"gzip"}, true},
		{[]string{"GZIP"}, true},
		{[]string{"deflate, gzip, br"}, true},
		{[]string{"deflate", "gzip"}, true},
		{[]string{"gzip;q=1"}, true},
		{[]string{"gzip; q=0.001"}, true},
		{[]string{"br;q=1.0, gzip;q=0.5, *;q=0"}, true},
		{[]string{"gzip;q=0"}, false},
		{[]string{"gzip; q=0"}, false},
		{[]string{"gzip ;Q = 0.000"}, false},
		{[]string{"gzip;x=y;q=0"}, false},
		{[]string{"gzip;q=none"}, false},
		{[]string{"gzip;q=NaN"}, false},
		{[]string{"x-gzip, gzipped"}, false},
		{[]string{"identity"}, false},
		{[]string{"*"}, true},
		{[]string{"*;q=0"}, false},
		{[]string{"gzip;q=0, *"}, false},
		{[]string{"*, gzip;q=0"}, false},
	} {
		if got := Accepts(tt.values, "gzip"); got != tt.want {
			t.Errorf("%q accept gzip: %v, want %v", tt.values, got, tt.want)
		}
	}
}
