package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"path"
	"sort"
	"strings"
)

//go:embed css js icons all:vendor
var embedded embed.FS

// Prefix is where ServeHTTP expects to be mounted.
const Prefix = "/static/"

// stylesheet is the joined file of css/app.
const stylesheet = "css/app.css"

// compressBelow keeps the start quick: libraries of this size and above come
// with siblings that `make assets` compressed, and our own files are smaller.
const compressBelow = 256 << 10

// Files are the embedded files, read-only after New and safe for concurrent
// use.
type Files struct {
	vendor fs.FS
	files  map[string]*file // by name, such as "css/app.css"
	groups map[string]string
}

type file struct {
	content     []byte
	gzip        []byte // nil when there is none or it would be larger
	brotli      []byte // nil when there is none
	contentType string
	digest      string // of the group
	etag        string // of this content
}

// New reads the embedded files.
func New() (*Files, error) {
	return newFiles(embedded)
}

func newFiles(root fs.FS) (*Files, error) {
	vendor, err := fs.Sub(root, "vendor")
	if err != nil {
		return nil, fmt.Errorf("open vendor: %w", err)
	}
	raw, err := readAll(root)
	if err != nil {
		return nil, err
	}
	joinStylesheet(raw)
	f := &Files{vendor: vendor, files: map[string]*file{}, groups: digests(raw)}
	for name, content := range raw {
		if isCompressedSibling(name, raw) {
			continue
		}
		entry := &file{
			content: content, gzip: raw[name+".gz"], brotli: raw[name+".br"],
			contentType: contentType(name), digest: f.groups[group(name)], etag: etag(content),
		}
		if entry.gzip == nil && len(content) < compressBelow && compressible(entry.contentType) {
			entry.gzip = compressed(content)
		}
		f.files[name] = entry
	}
	return f, nil
}

// URL returns the address of a file, which changes when its content does. A
// file that is not there (a library, before `make assets`) gets an address
// that answers 404.
func (f *Files) URL(name string) string {
	entry, found := f.files[name]
	if !found {
		return Prefix + "missing/" + name
	}
	return Prefix + entry.digest + "/" + name
}

// Has reports whether there is such a file.
func (f *Files) Has(name string) bool {
	_, found := f.files[name]
	return found
}

// Vendor returns the browser libraries.
func (f *Files) Vendor() fs.FS { return f.vendor }

func readAll(root fs.FS) (map[string][]byte, error) {
	raw := map[string][]byte{}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw[name], err = fs.ReadFile(root, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read static files: %w", err)
	}
	return raw, nil
}

// joinStylesheet replaces css/app/*.css by css/app.css.
func joinStylesheet(raw map[string][]byte) {
	var parts []string
	for name := range raw {
		if strings.HasPrefix(name, "css/app/") {
			parts = append(parts, name)
		}
	}
	sort.Strings(parts)
	var joined bytes.Buffer
	for _, name := range parts {
		joined.Write(raw[name])
		delete(raw, name)
	}
	raw[stylesheet] = joined.Bytes()
}

// digests returns one digest for each group of files.
func digests(raw map[string][]byte) map[string]string {
	names := make([]string, 0, len(raw))
	for name := range raw {
		names = append(names, name)
	}
	sort.Strings(names)
	members := map[string][]byte{}
	for _, name := range names {
		sum := sha256.Sum256(raw[name])
		members[group(name)] = append(append(members[group(name)], name...), sum[:]...)
	}
	groups := map[string]string{}
	for g, content := range members {
		sum := sha256.Sum256(content)
		groups[g] = hex.EncodeToString(sum[:6])
	}
	return groups
}

// group names the files that share a digest: the first folder, and below
// vendor the library's folder.
func group(name string) string {
	parts := strings.Split(name, "/")
	if parts[0] == "vendor" && len(parts) > 2 {
		return path.Join(parts[0], parts[1])
	}
	return parts[0]
}

func isCompressedSibling(name string, raw map[string][]byte) bool {
	original, found := strings.CutSuffix(name, ".gz")
	if !found {
		original, found = strings.CutSuffix(name, ".br")
	}
	_, exists := raw[original]
	return found && exists
}

func contentType(name string) string {
	// The table of the machine is not asked: containers have none, and a
	// desktop may have a strange one.
	switch path.Ext(name) {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".json", ".map", ".webmanifest":
		return "application/json"
	case ".md", ".txt", "":
		return "text/plain; charset=utf-8"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

func compressible(contentType string) bool {
	return strings.HasPrefix(contentType, "text/") || strings.HasPrefix(contentType, "application/json") ||
		contentType == "image/svg+xml"
}

func compressed(content []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid, so there is no error
	_, _ = w.Write(content)                               // memory takes everything
	_ = w.Close()
	if b.Len() >= len(content) {
		return nil
	}
	return b.Bytes()
}

func etag(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
}
