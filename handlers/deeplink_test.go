package handlers

import (
	"encoding/json"
	"net/url"
	"os"
	"reflect"
	"strings"
	"testing"
)

// readTable reads rows that the browser's tests read, too: what the one side
// writes the other must read.
func readTable(t *testing.T, name string, rows any) {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, rows); err != nil {
		t.Fatal(err)
	}
}

func TestSelectionsInAddressesHaveTheBoundsOfTheBrowser(t *testing.T) {
	var rows []struct {
		Field, Value string
		Times        int
		OK           bool
	}
	readTable(t, "deeplink-bounds.json", &rows)
	for _, row := range rows {
		s := selection{row.Field, []string{strings.Repeat(row.Value, row.Times)}}
		if _, ok := parseSelection(s.String()); ok != row.OK {
			t.Errorf("%q, %d times %q: %v, want %v", row.Field, row.Times, row.Value, ok, row.OK)
		}
	}
	if len(rows) < 10 {
		t.Errorf("only %d rows", len(rows))
	}
}

func TestSelectionsInAddressesReadAsTheyAreWritten(t *testing.T) {
	var rows []struct {
		Text string `json:"text"`
		selection
	}
	readTable(t, "deeplinks.json", &rows)
	for _, row := range rows {
		got, ok := parseSelection(row.Text)
		if !ok || !reflect.DeepEqual(got, row.selection) {
			t.Errorf("%q reads %+v, %v", row.Text, got, ok)
		}
		if got.String() != row.Text {
			t.Errorf("%+v writes %q, want %q", row.selection, got, row.Text)
		}
	}
	if len(rows) < 5 {
		t.Errorf("only %d rows", len(rows))
	}
}

func TestDefectiveSelectionsAreLeftOut(t *testing.T) {
	many := "Field" + strings.Repeat(",v", maxSelectedValues+1)
	for name, query := range map[string]string{
		"no values": "select=Region", "empty": "select=", "empty field": "select=,a", "empty value": "select=a,,b",
		"open escape": `select=a,b\`, "control character": "select=a,b%00", "not UTF-8": "select=a,%ff",
		"long field": "select=" + strings.Repeat("x", maxNameLength+1) + ",a", "long value": "select=a," + strings.Repeat("x", maxValueLength+1),
		"too many values": "select=" + many, "bookmark with a path": "bookmark=../../x", "long bookmark": "bookmark=" + strings.Repeat("b", 200),
		"same field twice": "select=Year,2024&select=Year,2025", "too many fields": manyFields(maxSelections + 1),
	} {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		link := deepLinkOf(q)
		if !link.Defect || link.Bookmark != "" || len(link.Selections) > maxSelections {
			t.Errorf("%s: %+v", name, link)
		}
	}
	if link := deepLinkOf(url.Values{"select": {"Region,Nordics"}, "bookmark": {"b-1"}}); link.Defect || link.query() != "?bookmark=b-1&select=Region%2CNordics" {
		t.Errorf("a good link came back as %q, %+v", link.query(), link)
	}
}

func manyFields(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("&select=F" + string(rune('a'+i)) + ",v")
	}
	return b.String()
}
