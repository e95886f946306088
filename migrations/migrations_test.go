package migrations

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
)

// A version that exists for one database only would give the two schemas
// different numbers, and CheckSchema would compare apples with pears.
func TestEachDatabaseHasEachVersionOnce(t *testing.T) {
	all, err := fs.Glob(Files, "*.sql")
	if err != nil || len(all) == 0 {
		t.Fatalf("no migrations: %v", err)
	}
	versions := map[string][]string{}
	for _, database := range []string{SQLite, Postgres} {
		foreign := Foreign(database)
		for _, name := range all {
			if !slices.Contains(foreign, name) {
				version, _, _ := strings.Cut(name, "_")
				versions[database] = append(versions[database], version)
			}
		}
		if unique := slices.Compact(slices.Clone(versions[database])); len(unique) != len(versions[database]) {
			t.Errorf("%s has a version twice: %v", database, versions[database])
		}
	}
	if !slices.Equal(versions[SQLite], versions[Postgres]) {
		t.Errorf("versions differ: SQLite %v, PostgreSQL %v", versions[SQLite], versions[Postgres])
	}
}

func TestForeignNamesOnlyTheOtherDatabase(t *testing.T) {
	for database, other := range map[string]string{SQLite: Postgres, Postgres: SQLite} {
		foreign := Foreign(database)
		if len(foreign) == 0 {
			t.Errorf("%s leaves nothing out", database)
		}
		for _, name := range foreign {
			if !strings.Contains(name, other) {
				t.Errorf("%s leaves out %s", database, name)
			}
		}
	}
}
