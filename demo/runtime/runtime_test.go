// Package runtime holds the sources of the demo tenant's browser runtime; its
// tests look at what the build made of them.
package runtime

import (
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// built opens the folder that `make assets` fills.
func built(t *testing.T) fs.FS {
	t.Helper()
	folder := os.DirFS("../../static/vendor/nebula")
	if _, err := fs.Stat(folder, "main.js"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("the browser runtime is not built: run make assets first")
		}
		t.Skip("the browser runtime is not built: run make assets")
	}
	return folder
}

func read(t *testing.T, folder fs.FS, name string) string {
	t.Helper()
	content, err := fs.ReadFile(folder, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

var relativeImport = regexp.MustCompile(`(?:from|import)\s*\(?\s*"(\.{1,2}/[^"]+\.js)"`)

func TestEveryImportedChunkExists(t *testing.T) {
	folder := built(t)
	imports := 0
	err := fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".js" {
			return err
		}
		for _, match := range relativeImport.FindAllStringSubmatch(read(t, folder, name), -1) {
			imports++
			chunk := path.Join(path.Dir(name), match[1])
			if _, err := fs.Stat(folder, chunk); err != nil {
				t.Errorf("%s imports %s, which is not there", name, chunk)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if imports < 10 {
		t.Errorf("found %d imports; the pattern no longer fits what the bundler writes", imports)
	}
}

func TestFirstScriptsAreClassicSmallAndFindTheirModules(t *testing.T) {
	folder := built(t)
	for name, row := range map[string]struct {
		modules []string
		limit   int // the first thing pages load: what is heavy must come on demand
	}{
		"main.js": {[]string{"runtime"}, 4 << 10},
		"qlik.js": {[]string{"runtime", "capability"}, 16 << 10},
	} {
		script := read(t, folder, name)
		if regexp.MustCompile(`(?m)^\s*(import|export)\b[^(]`).MatchString(script) {
			t.Errorf("%s is a module; pages load it as a classic script", name)
		}
		for _, module := range row.modules {
			file := regexp.MustCompile(module + `-[A-Z0-9]+\.js`).FindString(script)
			if _, err := fs.Stat(folder, file); file == "" || err != nil {
				t.Errorf("%s loads the module %s from %q, which is not there", name, module, file)
			}
		}
		if len(script) > row.limit {
			t.Errorf("%s has %d bytes", name, len(script))
		}
	}
}

func TestMashupsGetTheirModuleLoader(t *testing.T) {
	if loader := read(t, built(t), "require.js"); !strings.Contains(loader, "@license RequireJS") {
		t.Error("require.js has lost its notice")
	}
}

// A strict script-src of a page forbids code made from text.
func TestOurOwnCodeMakesNoCodeFromText(t *testing.T) {
	for _, folder := range []string{".", "capability", "../../static/nebula"} {
		scripts, err := fs.Glob(os.DirFS(folder), "*.js")
		if err != nil || len(scripts) == 0 {
			t.Fatalf("no scripts in %s: %v", folder, err)
		}
		for _, name := range scripts {
			text := read(t, os.DirFS(folder), name)
			for _, forbidden := range []string{"eval(", "new Function", "innerHTML", "new Worker", "createObjectURL"} {
				if strings.Contains(text, forbidden) {
					t.Errorf("%s uses %s", name, forbidden)
				}
			}
		}
	}
}

func TestLockFilePinsContentAndNoAddress(t *testing.T) {
	var lock struct {
		Packages map[string]struct {
			Integrity string
			Resolved  string
		}
	}
	if err := json.Unmarshal([]byte(read(t, os.DirFS("../.."), "package-lock.json")), &lock); err != nil {
		t.Fatal(err)
	}
	for name, pkg := range lock.Packages {
		if name != "" && !strings.HasPrefix(pkg.Integrity, "sha512-") {
			t.Errorf("%s has no integrity hash", name)
		}
		if pkg.Resolved != "" {
			t.Errorf("%s names where it was downloaded from", name)
		}
	}
	if len(lock.Packages) < 10 {
		t.Errorf("the lock file lists %d packages", len(lock.Packages))
	}
}
