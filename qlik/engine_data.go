package qlik

import (
	"context"
	"fmt"
	"maps"
	"math"
	"net/http"
	"strconv"
	"strings"
)

// Table is what one chart shows, as text. A chart without data of its own,
// such as a text box, has no columns.
type Table struct {
	Title   string
	Columns []string
	Numeric []bool // by column: a number, to be set flush right
	Rows    [][]string
	Total   int // rows there are; Rows holds the first of them
}

const (
	tableRows   = 1000
	pageCells   = 10000 // the engine refuses larger pages
	straightTag = "S"   // the mode in which a cube is a plain table
)

type cubeInfo struct {
	Title string `json:"qFallbackTitle"`
	Auto  bool   `json:"qIsAutoFormat"`
}

type cubeLayout struct {
	Mode string `json:"qMode"`
	Size struct {
		Columns int `json:"qcx"`
		Rows    int `json:"qcy"`
	} `json:"qSize"`
	Dimensions []cubeInfo `json:"qDimensionInfo"`
	Measures   []cubeInfo `json:"qMeasureInfo"`
	Error      *struct {
		Code int `json:"qErrorCode"`
	} `json:"qError"`
}

type chartLayout struct {
	Layout struct {
		Title any         `json:"title"`
		Cube  *cubeLayout `json:"qHyperCube"`
		List  *struct {
			Size struct {
				Rows int `json:"qcy"`
			} `json:"qSize"`
			Dimension cubeInfo `json:"qDimensionInfo"`
		} `json:"qListObject"`
	} `json:"qLayout"`
}

type dataCell struct {
	Text string `json:"qText"`
	Num  any    `json:"qNum"`
}

type dataPages struct {
	Pages []struct {
		Matrix [][]dataCell `json:"qMatrix"`
	} `json:"qDataPages"`
}

// Data returns the numbers behind one chart, as the person would see them with
// nothing selected.
func (e *Engine) Data(ctx context.Context, objectID string) (Table, error) {
	s, err := e.withData(ctx)
	if err != nil {
		return Table{}, err
	}
	handle, err := s.object(ctx, objectID)
	if err != nil {
		return Table{}, fmt.Errorf("open object %s: %w", objectID, err)
	}
	t, err := s.table(ctx, handle)
	if err != nil {
		return Table{}, fmt.Errorf("read object %s: %w", objectID, err)
	}
	return t, nil
}

// object opens an object. Some engines answer an unknown id without an error
// but also without a handle.
func (s *engineSession) object(ctx context.Context, id string) (int, error) {
	var opened returnedHandle
	if err := s.call(ctx, s.doc, "GetObject", []any{id}, &opened); err != nil {
		return 0, err
	}
	if opened.Return.Handle == 0 {
		return 0, &Error{Status: http.StatusNotFound, Code: "QIX-2", Title: "Object not found"}
	}
	return opened.Return.Handle, nil
}

func (s *engineSession) table(ctx context.Context, handle int) (Table, error) {
	var chart chartLayout
	if err := s.call(ctx, handle, "GetLayout", []any{}, &chart); err != nil {
		return Table{}, err
	}
	t := Table{Title: firstText(chart.Layout.Title)}
	switch cube := chart.Layout.Cube; {
	case cube != nil && cube.Mode != "" && cube.Mode != straightTag:
		return s.straightened(ctx, handle, t)
	case cube != nil:
		return s.cubeTable(ctx, handle, t, cube)
	case chart.Layout.List != nil:
		t.Columns, t.Numeric, t.Total = []string{chart.Layout.List.Dimension.Title}, []bool{false}, chart.Layout.List.Size.Rows
		page := map[string]int{"qTop": 0, "qLeft": 0, "qWidth": 1, "qHeight": min(t.Total, tableRows)}
		var data dataPages
		err := s.call(ctx, handle, "GetListObjectData", []any{"/qListObjectDef", []any{page}}, &data)
		t.add(data, nil)
		return t, err
	}
	return t, nil
}

// straightened reads a stacked or pivoted cube through a copy of its definition
// in the plain mode: rows of a pivot cannot be asked for one by one.
func (s *engineSession) straightened(ctx context.Context, handle int, t Table) (Table, error) {
	var properties struct {
		Prop struct {
			Cube map[string]any `json:"qHyperCubeDef"`
		} `json:"qProp"`
	}
	if err := s.call(ctx, handle, "GetEffectiveProperties", []any{}, &properties); err != nil {
		return t, err
	}
	definition := maps.Clone(properties.Prop.Cube)
	if definition == nil {
		return t, nil
	}
	definition["qMode"], definition["qInitialDataFetch"] = straightTag, []any{}
	var created returnedHandle
	object := map[string]any{"qInfo": map[string]any{"qType": "table"}, "qHyperCubeDef": definition}
	if err := s.call(ctx, s.doc, "CreateSessionObject", []any{object}, &created); err != nil {
		return t, err
	}
	var plain chartLayout
	if err := s.call(ctx, created.Return.Handle, "GetLayout", []any{}, &plain); err != nil {
		return t, err
	}
	if plain.Layout.Cube == nil {
		return t, nil
	}
	return s.cubeTable(ctx, created.Return.Handle, t, plain.Layout.Cube)
}

func (s *engineSession) cubeTable(ctx context.Context, handle int, t Table, cube *cubeLayout) (Table, error) {
	if cube.Error != nil {
		return t, &Error{Status: http.StatusUnprocessableEntity, Code: "QIX-" + strconv.Itoa(cube.Error.Code), Title: "The chart cannot be calculated"}
	}
	var auto []bool
	for _, d := range cube.Dimensions {
		t.Columns, t.Numeric, auto = append(t.Columns, d.Title), append(t.Numeric, false), append(auto, false)
	}
	for _, m := range cube.Measures {
		t.Columns, t.Numeric, auto = append(t.Columns, m.Title), append(t.Numeric, true), append(auto, m.Auto)
	}
	t.Total = cube.Size.Rows
	width := len(t.Columns)
	if width == 0 {
		return t, nil
	}
	height := max(1, pageCells/width)
	for top := 0; top < min(t.Total, tableRows); top += height {
		page := map[string]int{"qTop": top, "qLeft": 0, "qWidth": width, "qHeight": min(height, tableRows-top)}
		var data dataPages
		if err := s.call(ctx, handle, "GetHyperCubeData", []any{"/qHyperCubeDef", []any{page}}, &data); err != nil {
			return t, err
		}
		t.add(data, auto)
	}
	return t, nil
}

// add appends the rows of an answer. Numbers of columns without a format of
// their own are formatted here: their text has all digits there are.
func (t *Table) add(data dataPages, auto []bool) {
	for _, page := range data.Pages {
		for _, cells := range page.Matrix {
			row := make([]string, 0, len(cells))
			for column, c := range cells {
				text := c.Text
				if n, ok := c.Num.(float64); ok && column < len(auto) && auto[column] {
					text = readable(n)
				}
				row = append(row, text)
			}
			t.Rows = append(t.Rows, row)
		}
	}
}

// readable shows a number with thousands separators and at most two decimals.
func readable(n float64) string {
	decimals := 2
	if math.Abs(n) >= 1000 || n == math.Trunc(n) {
		decimals = 0
	}
	text := strconv.FormatFloat(math.Abs(n), 'f', decimals, 64)
	whole, fraction, hasFraction := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if hasFraction {
		whole += "." + fraction
	}
	if n < 0 && strings.Trim(text, "0.") != "" {
		return "-" + whole
	}
	return whole
}
