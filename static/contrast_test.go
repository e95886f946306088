package static

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var pairOfColours = regexp.MustCompile(`--([a-z-]+): light-dark\(#([0-9A-Fa-f]{6}), #([0-9A-Fa-f]{6})\);`)

// tokens reads the colours of the design, light and dark.
func tokens(t *testing.T) map[string][2]string {
	t.Helper()
	css, err := os.ReadFile("css/app/10-tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][2]string{}
	for _, m := range pairOfColours.FindAllStringSubmatch(string(css), -1) {
		found[m[1]] = [2]string{m[2], m[3]}
	}
	return found
}

// luminance is WCAG 2.2's relative luminance.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	var channel [3]float64
	for i := range channel {
		v, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(v) / 255
		if c <= 0.04045 {
			channel[i] = c / 12.92
		} else {
			channel[i] = math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*channel[0] + 0.7152*channel[1] + 0.0722*channel[2]
}

func contrast(t *testing.T, a, b string) float64 {
	la, lb := luminance(t, a), luminance(t, b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func TestColoursCanBeRead(t *testing.T) {
	colours := tokens(t)
	const text, control = 4.5, 3 // WCAG 2.2, 1.4.3 and 1.4.11, level AA
	for _, row := range []struct {
		least float64
		front string
		backs string
	}{
		{text, "text", "canvas surface raised hover accent-soft"},
		{text, "muted", "canvas surface raised hover"},
		{text, "faint", "canvas surface raised"},
		{text, "accent", "canvas surface raised accent-soft"},
		{text, "accent-ink", "accent accent-hover"},
		{text, "accent-hover", "canvas surface"},
		{text, "danger", "canvas surface raised"},
		{control, "warn", "canvas surface raised"},
		{control, "control", "canvas surface raised"},
	} {
		for back := range strings.FieldsSeq(row.backs) {
			front, behind := colours[row.front], colours[back]
			if front[0] == "" || behind[0] == "" {
				t.Fatalf("no token %s or %s", row.front, back)
			}
			for i, scheme := range []string{"light", "dark"} {
				if got := contrast(t, front[i], behind[i]); got < row.least {
					t.Errorf("%s: %s on %s has %.2f, want %.1f", scheme, row.front, back, got, row.least)
				}
			}
		}
	}
}

// Colours live in one file, or the dark look would miss some.
func TestOnlyTokensNameColours(t *testing.T) {
	parts, err := os.ReadDir("css/app")
	if err != nil {
		t.Fatal(err)
	}
	literal := regexp.MustCompile(`#[0-9A-Fa-f]{3,8}\b|rgba?\(|hsla?\(`)
	for _, part := range parts {
		if part.Name() == "10-tokens.css" {
			continue
		}
		css, err := os.ReadFile("css/app/" + part.Name())
		if err != nil {
			t.Fatal(err)
		}
		if found := literal.FindString(string(css)); found != "" {
			t.Errorf("%s names the colour %s", part.Name(), found)
		}
	}
}
