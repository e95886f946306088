package store

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

func recents(t *testing.T, db *DB, userID string, limit int) []Recent {
	t.Helper()
	all, err := db.Recents(t.Context(), userID, limit)
	check(t, err)
	return all
}

func testRecentsLatestFirstOnce(t *testing.T, db *DB) {
	app := Opened{AppID: "a", AppName: "Sales", SpaceID: "s"}
	sheet := Opened{AppID: "a", AppName: "Sales", SheetID: "1", SheetTitle: "Overview", SpaceID: "s"}
	check(t, db.RecordOpened(t.Context(), "u", sheet, noon))
	check(t, db.RecordOpened(t.Context(), "u", app, noon.Add(time.Minute)))
	check(t, db.RecordOpened(t.Context(), "other", app, noon))
	sheet.SheetTitle = "Renamed"
	check(t, db.RecordOpened(t.Context(), "u", sheet, noon.Add(time.Hour)))
	// A request that was slow must not turn time and title back.
	old := sheet
	old.SheetTitle = "Overview"
	check(t, db.RecordOpened(t.Context(), "u", old, noon.Add(-time.Hour)))
	at := noon.UTC().Truncate(time.Microsecond)
	want := []Recent{{sheet, at.Add(time.Hour)}, {app, at.Add(time.Minute)}}
	same(t, "recents", recents(t, db, "u", 9), want)
	same(t, "limited", recents(t, db, "u", 1), want[:1])
	same(t, "of somebody unknown", len(recents(t, db, "nobody", 9)), 0)
}

func testRecentsKeepFifty(t *testing.T, db *DB) {
	check(t, db.RecordOpened(t.Context(), "other", Opened{AppID: "old"}, noon.Add(-time.Hour)))
	for i := range keptRecents + 3 {
		check(t, db.RecordOpened(t.Context(), "u", Opened{AppID: "a", SheetID: fmt.Sprint(i)}, noon.Add(time.Duration(i)*time.Second)))
	}
	all := recents(t, db, "u", 1000)
	if len(all) != keptRecents || all[0].SheetID != "52" || all[keptRecents-1].SheetID != "3" {
		t.Errorf("%d kept, from %+v to %+v", len(all), all[0], all[len(all)-1])
	}
	same(t, "of another person", len(recents(t, db, "other", 9)), 1)
}

func testRecentsInParallel(t *testing.T, db *DB) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 10 {
				o := Opened{AppID: "a", SheetID: fmt.Sprint((i + j) % 10)}
				if err := db.RecordOpened(t.Context(), "u", o, noon.Add(time.Duration(j)*time.Second)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	same(t, "sheets", len(recents(t, db, "u", 1000)), 10)
}
