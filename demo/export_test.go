package demo_test

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// A spreadsheet carries out what looks like a formula, and whoever loads data
// into an app chooses what is in its cells.
func TestExportedCellsAreNoFormulas(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("the script needs Node.js to run: ", err)
	}
	marked := []string{
		"=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "\tx", "\r=1+1", "\n=1+1",
		"-2+3+cmd|' /C calc'!A0", "-.5+A1", "-", "+1;=A1", "-1-1", "-1%=A1", "-1e", "--1",
	}
	plain := []string{
		"", "North", "a-b", "1", "-1", "+1", "-12.5", "-1,234.50", "-1.234,50", "-1 234", "-1\u00a0234", "-1\u202f234,5",
		"-.5", "-12%", "-12.5 %", "-1e6", "-1.5E-7", `say "hi"`, "1, 2",
	}
	cells, _ := json.Marshal(append(marked, plain...))
	out, err := exec.Command(node, "testdata/export.mjs", "web/pages/contextmenu.js", string(cells)).Output()
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(out), "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 1+len(marked)+len(plain) {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, cell := range append(marked, plain...) {
		want := cell
		if i < len(marked) {
			want = "'" + cell
		}
		if got := rows[1+i][0]; got != want {
			t.Errorf("%q is exported as %q, want %q", cell, got, want)
		}
	}
}
