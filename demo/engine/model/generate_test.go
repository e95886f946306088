package model

import "testing"

func TestDemoDataIsTheSameEveryTime(t *testing.T) {
	first, second := Data(), generate(10000)
	if first.Rows != 10000 || len(first.Fields) != len(second.Fields) {
		t.Fatalf("%d rows", first.Rows)
	}
	for i, f := range first.Fields {
		for row := range f.Rows {
			if f.At(int32(row)).Text != second.Fields[i].At(int32(row)).Text {
				t.Fatalf("%s differs in row %d", f.Name, row)
			}
		}
	}
}
