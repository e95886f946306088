package engine

import "testing"

func TestDemoDataIsTheSameEveryTime(t *testing.T) {
	first, second := demoData(), generate(10000)
	if first.rows != 10000 || len(first.fields) != len(second.fields) {
		t.Fatalf("%d rows", first.rows)
	}
	for i, f := range first.fields {
		for row := range f.rows {
			if f.at(int32(row)).text != second.fields[i].at(int32(row)).text {
				t.Fatalf("%s differs in row %d", f.name, row)
			}
		}
	}
}
