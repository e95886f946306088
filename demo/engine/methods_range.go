package engine

import (
	"vitrine/demo/engine/calc"
	"vitrine/demo/engine/cube"
)

// The selections that name cells or ranges instead of elements.

func selectHyperCubeCells(c *call, p struct {
	Path     string `json:"qPath"`
	Rows     []int  `json:"qRowIndices"`
	Columns  []int  `json:"qColIndices"`
	SoftLock bool   `json:"qSoftLock"`
}) (any, error) {
	hc, err := c.cubeForSelection(p.Path)
	if err != nil {
		return nil, err
	}
	var rows []cube.Row
	for _, i := range p.Rows {
		if i < 0 || i >= len(hc.Rows) {
			return nil, invalid("qRowIndices")
		}
		rows = append(rows, hc.Rows[i])
	}
	return c.selectRows(hc, rows, p.Columns)
}

func (c *call) cubeForSelection(path string) (*cube.Cube, error) {
	if err := c.otherModal(); err != nil {
		return nil, err
	}
	def, err := c.object.definitionAt(path)
	if err != nil {
		return nil, err
	}
	return c.session.cube(c.object, def), nil
}

// selectRows selects what the rows hold in the given dimensions, or in all
// of them when none is given. Columns that are measures are passed over.
func (c *call) selectRows(hc *cube.Cube, rows []cube.Row, columns []int) (any, error) {
	if len(columns) == 0 {
		for i := range hc.Dims {
			columns = append(columns, i)
		}
	}
	done := false
	for _, column := range columns {
		if column < 0 || column >= len(hc.Dims) || hc.Dims[column].Field == nil {
			continue
		}
		var elements []int
		for _, row := range rows {
			elements = append(elements, int(row.Elements[column]))
		}
		if !c.session.choose(hc.Dims[column].Field, elements, false) {
			return success(false), nil
		}
		done = true
		c.selected = true
	}
	return success(done), nil
}

type numberRange struct {
	Range struct {
		Min     float64 `json:"qMin"`
		Max     float64 `json:"qMax"`
		MinIncl *bool   `json:"qMinInclEq"`
		MaxIncl *bool   `json:"qMaxInclEq"`
	} `json:"qRange"`
	Measure   int `json:"qMeasureIx"`
	Dimension int `json:"qDimIx"`
}

// holds includes the bounds unless the client excludes them.
func (r numberRange) holds(v calc.Value) bool {
	if !v.IsNumber() || v.Num < r.Range.Min || v.Num > r.Range.Max {
		return false
	}
	atMin := r.Range.MinIncl != nil && !*r.Range.MinIncl && v.Num == r.Range.Min
	atMax := r.Range.MaxIncl != nil && !*r.Range.MaxIncl && v.Num == r.Range.Max
	return !atMin && !atMax
}

// rowsIn finds the rows that meet all ranges, or any with or.
func rowsIn(c *cube.Cube, ranges []numberRange, or bool) ([]cube.Row, error) {
	var found []cube.Row
	for _, r := range ranges {
		if r.Measure < 0 || r.Measure >= len(c.Measures) {
			return nil, invalid("qMeasureIx")
		}
	}
	for _, row := range c.Rows {
		met := 0
		for _, r := range ranges {
			if r.holds(row.Measures[r.Measure]) {
				met++
			}
		}
		if met == len(ranges) && met > 0 || or && met > 0 {
			found = append(found, row)
		}
	}
	return found, nil
}

func rangeSelectHyperCubeValues(c *call, p struct {
	Path    string        `json:"qPath"`
	Ranges  []numberRange `json:"qRanges"`
	Columns []int         `json:"qColumnsToSelect"`
	Or      bool          `json:"qOrMode"`
	Only    bool          `json:"qDeselectOnlyOneSelected"`
}) (any, error) {
	hc, err := c.cubeForSelection(p.Path)
	if err != nil {
		return nil, err
	}
	rows, err := rowsIn(hc, p.Ranges, p.Or)
	if err != nil || len(rows) == 0 {
		return success(false), err
	}
	return c.selectRows(hc, rows, p.Columns)
}

func multiRangeSelectHyperCubeValues(c *call, p struct {
	Path   string `json:"qPath"`
	Ranges []struct {
		Ranges  []numberRange `json:"qRanges"`
		Columns []int         `json:"qColumnsToSelect"`
	} `json:"qRanges"`
	Or   bool `json:"qOrMode"`
	Only bool `json:"qDeselectOnlyOneSelected"`
}) (any, error) {
	hc, err := c.cubeForSelection(p.Path)
	if err != nil {
		return nil, err
	}
	var all []cube.Row
	var columns []int
	for _, part := range p.Ranges {
		rows, err := rowsIn(hc, part.Ranges, p.Or)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
		columns = part.Columns
	}
	if len(all) == 0 {
		return success(false), nil
	}
	return c.selectRows(hc, all, columns)
}

// selectHyperCubeContinuousRange selects the values of dimensions whose numbers
// lie in a range, as on a time axis.
func selectHyperCubeContinuousRange(c *call, p struct {
	Path   string        `json:"qPath"`
	Ranges []numberRange `json:"qRanges"`
}) (any, error) {
	ok := len(p.Ranges) > 0
	for _, r := range p.Ranges {
		f, err := c.fieldAt(p.Path, r.Dimension)
		if err != nil {
			return nil, err
		}
		var elements []int
		for i, v := range f.Values {
			if r.holds(v) {
				elements = append(elements, i)
			}
		}
		ok = ok && len(elements) > 0 && c.session.choose(f, elements, false)
		c.selected = c.selected || ok
	}
	return success(ok), nil
}
