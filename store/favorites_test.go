package store

import (
	"testing"
	"time"
)

func favorites(t *testing.T, db *DB, userID string) []Favorite {
	t.Helper()
	all, err := db.Favorites(t.Context(), userID)
	check(t, err)
	return all
}

func testFavoritesSetTwice(t *testing.T, db *DB) {
	f := Favorite{AppID: "a", ItemID: "i", Name: "Sales"}
	check(t, db.SetFavorite(t.Context(), "u", f, true, noon))
	check(t, db.SetFavorite(t.Context(), "other", f, true, noon))
	f.Name = "Sales 2"
	check(t, db.SetFavorite(t.Context(), "u", f, true, noon.Add(time.Hour)))
	f.AddedAt = noon.UTC().Truncate(time.Microsecond)
	same(t, "set twice", favorites(t, db, "u"), []Favorite{f})
	for range 2 {
		check(t, db.SetFavorite(t.Context(), "u", f, false, noon))
		same(t, "unset", len(favorites(t, db, "u")), 0)
	}
	same(t, "of another person", len(favorites(t, db, "other")), 1)
}

func testFavoritesReplace(t *testing.T, db *DB) {
	a, b, c := Favorite{AppID: "a", Name: "A"}, Favorite{AppID: "b", Name: "B"}, Favorite{AppID: "c", Name: "C"}
	check(t, db.SetFavorite(t.Context(), "other", a, true, noon))
	check(t, db.ReplaceFavorites(t.Context(), "u", []Favorite{a, b, b}, noon))
	b.Name = "B renamed"
	check(t, db.ReplaceFavorites(t.Context(), "u", []Favorite{c, b}, noon.Add(time.Hour)))
	at := noon.UTC().Truncate(time.Microsecond)
	b.AddedAt, c.AddedAt = at, at.Add(time.Hour)
	same(t, "replaced", favorites(t, db, "u"), []Favorite{c, b})
	check(t, db.ReplaceFavorites(t.Context(), "u", nil, noon))
	same(t, "all removed", len(favorites(t, db, "u")), 0)
	same(t, "of another person", len(favorites(t, db, "other")), 1)
}

// Every home page calls it; a write each time would make the database its bottleneck.
func TestReplaceFavoritesWritesNothingWhenEqual(t *testing.T) {
	have := []Favorite{{AppID: "a", ItemID: "1", Name: "A", AddedAt: noon}, {AppID: "b", ItemID: "2", Name: "B", AddedAt: noon}}
	put, remove := difference(have, []Favorite{{AppID: "b", ItemID: "2", Name: "B"}, {AppID: "a", ItemID: "1", Name: "A"}})
	if len(put)+len(remove) != 0 {
		t.Errorf("puts %v, removes %v", put, remove)
	}
}
