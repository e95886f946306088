package auth

import (
	"bufio"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
)

func corpus(t testing.TB) []string {
	t.Helper()
	file, err := os.Open("testdata/openredirects.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var inputs []string
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		input, err := strconv.Unquote(lines.Text())
		if err != nil {
			t.Fatalf("%s: %v", lines.Text(), err)
		}
		inputs = append(inputs, input)
	}
	return inputs
}

func TestReturnPathStaysAtHome(t *testing.T) {
	inputs := corpus(t)
	if len(inputs) < 300 {
		t.Fatalf("corpus holds %d inputs, want 300 at least", len(inputs))
	}
	for _, input := range inputs {
		if got := LocalPath(input); got != "/" {
			t.Errorf("LocalPath(%q)=%q, want /", input, got)
		}
	}
}

func TestReturnPathKeepsOurOwn(t *testing.T) {
	for _, path := range []string{
		"/", "/apps", "/apps/4f6a/sheets/x?embed=qlik-embed&select=Region,North#top", "/apps?q=a%2Fb", "/apps/é",
		"/apps?next=https://elsewhere.example", "/boards/a.b", "/x..y", "/loginpage", "/qlikview", "/apps/qlik", "/apps?q=/qlik/", "/apps/100%25", "/apps?x=//y",
	} {
		if got := LocalPath(path); got != path {
			t.Errorf("LocalPath(%q)=%q, want it unchanged", path, got)
		}
	}
}

// FuzzLocalPath checks what must hold of any answer: a browser that resolves
// it against our origin stays there.
func FuzzLocalPath(f *testing.F) {
	for _, input := range corpus(f) {
		f.Add(input)
	}
	f.Add("/apps/1?x=y#z")
	origin, _ := url.Parse("https://portal.example.com/login")
	f.Fuzz(func(t *testing.T, input string) {
		got := LocalPath(input)
		if !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") || strings.ContainsAny(got, "\\\t\r\n\x00 ") {
			t.Fatalf("LocalPath(%q)=%q", input, got)
		}
		u, err := origin.Parse(got)
		if err != nil || u.Host != origin.Host || u.Scheme != origin.Scheme || strings.HasPrefix(u.Path, "//") {
			t.Fatalf("LocalPath(%q)=%q leads to %v (%v)", input, got, u, err)
		}
		if again := LocalPath(got); again != got {
			t.Fatalf("LocalPath(%q) is %q", got, again)
		}
	})
}
