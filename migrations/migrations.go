package migrations

import (
	"embed"
	"io/fs"
	"strings"
)

// Files holds every migration of every database.
//
//go:embed *.sql
var Files embed.FS

// The databases that a file can be meant for, as they appear in file names.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// Foreign lists the files that are meant for another database than the named
// one.
func Foreign(database string) []string {
	names, err := fs.Glob(Files, "*.*.sql")
	if err != nil {
		panic(err) // the pattern is a constant; only a typing error gets here
	}
	var foreign []string
	for _, name := range names {
		if !strings.HasSuffix(name, "."+database+".sql") {
			foreign = append(foreign, name)
		}
	}
	return foreign
}
