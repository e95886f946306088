package auth

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// An error of the tenant's may be in any language.
func TestClippedErrorsAreWholeCharacters(t *testing.T) {
	for _, long := range []string{strings.Repeat("ä", 100), "x" + strings.Repeat("ä", 100), strings.Repeat("数据", 30), strings.Repeat("x", 200)} {
		got := clip(long)
		if !utf8.ValidString(got) || len(got) > 120 || len(got) < 117 || !strings.HasPrefix(long, got) {
			t.Errorf("%q became %q", long, got)
		}
	}
	if got := clip("short"); got != "short" {
		t.Errorf("short became %q", got)
	}
}
