package cube

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"vitrine/demo/engine/calc"
)

// Def is a qHyperCubeDef as far as the engine acts on it.
type Def struct {
	Dimensions   []DimensionDef  `json:"qDimensions"`
	Measures     []measureDef    `json:"qMeasures"`
	SortOrder    []int           `json:"qInterColumnSortOrder"`
	ColumnOrder  []int           `json:"qColumnOrder"`
	Fetch        []Page          `json:"qInitialDataFetch"`
	Mode         string          `json:"qMode"`
	SuppressZero bool            `json:"qSuppressZero"`
	Title        json.RawMessage `json:"qTitle"`
	Condition    condition       `json:"qCalcCondition"`
	Conditional  struct {
		Cond condition `json:"qCond"`
	} `json:"qCalcCond"`
}

// condition is a value expression in either of its two shapes.
type condition struct {
	Expr string `json:"qv"`
}

// DimensionDef is an NxDimension.
type DimensionDef struct {
	LibraryID string `json:"qLibraryId"`
	Def       struct {
		FieldDefs    []string        `json:"qFieldDefs"`
		FieldLabels  []string        `json:"qFieldLabels"`
		ActiveField  int             `json:"qActiveField"`
		SortCriteria []sortCriteria  `json:"qSortCriterias"`
		NumberFormat json.RawMessage `json:"qNumberPresentations"`
	} `json:"qDef"`
	Other      otherTotal     `json:"qOtherTotalSpec"`
	Attributes []attributeDef `json:"qAttributeExpressions"`
	AttrDims   []attrDimDef   `json:"qAttributeDimensions"`
}

type measureDef struct {
	LibraryID string `json:"qLibraryId"`
	Def       struct {
		Label  string            `json:"qLabel"`
		Expr   string            `json:"qDef"`
		Format calc.NumberFormat `json:"qNumFormat"`
	} `json:"qDef"`
	Sort       sortCriteria   `json:"qSortBy"`
	Attributes []attributeDef `json:"qAttributeExpressions"`
}

// attributeDef is an expression beside a dimension or measure, used to colour.
type attributeDef struct {
	Expr      string `json:"qExpression"`
	LibraryID string `json:"qLibraryId"`
}

// attrDimDef is a field beside a dimension, used to colour.
type attrDimDef struct {
	Expr      string `json:"qDef"`
	LibraryID string `json:"qLibraryId"`
}

type otherTotal struct {
	Mode    string `json:"qOtherMode"`
	Counted struct {
		N flexibleText `json:"qv"`
	} `json:"qOtherCounted"`
	Suppress bool `json:"qSuppressOther"`
	Label    struct {
		Text string `json:"qv"`
	} `json:"qOtherLabel"`
	SortMode string `json:"qOtherSortMode"`
}

type sortCriteria struct {
	ByState      int `json:"qSortByState"`
	ByFrequency  int `json:"qSortByFrequency"`
	ByNumeric    int `json:"qSortByNumeric"`
	ByASCII      int `json:"qSortByAscii"`
	ByLoadOrder  int `json:"qSortByLoadOrder"`
	ByExpression int `json:"qSortByExpression"`
	Expression   struct {
		Text string `json:"qv"`
	} `json:"qExpression"`
}

// Page is an NxPage: a part of a matrix.
type Page struct {
	Left   int `json:"qLeft"`
	Top    int `json:"qTop"`
	Width  int `json:"qWidth"`
	Height int `json:"qHeight"`
}

// flexibleText accepts "10" as well as 10: clients write both.
type flexibleText string

func (t *flexibleText) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		*t = flexibleText(text)
		return nil
	}
	*t = flexibleText(raw)
	return nil
}

// Recast reads a part of the properties, which are kept as plain JSON values,
// into a typed definition.
func Recast(from any, into any) error {
	raw, err := json.Marshal(from)
	if err != nil {
		return fmt.Errorf("encode properties: %w", err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("read properties: %w", err)
	}
	return nil
}

// ResolveDimension puts the library's definition in the place of a reference
// and finds the field.
func (src Source) ResolveDimension(def *DimensionDef) (*calc.Field, string, error) {
	title := ""
	if item, known := src.App.Dimensions[def.LibraryID]; known {
		def.Def.FieldDefs = []string{item.Definition}
		title = item.Title
	} else if def.LibraryID != "" && len(def.Def.FieldDefs) == 0 {
		return nil, "", fmt.Errorf("unknown library dimension %q", def.LibraryID)
	}
	if len(def.Def.FieldDefs) == 0 {
		return nil, "", fmt.Errorf("dimension without a field")
	}
	active := min(max(def.Def.ActiveField, 0), len(def.Def.FieldDefs)-1)
	f := src.Data.Field(def.Def.FieldDefs[active])
	if f == nil {
		return nil, def.Def.FieldDefs[active], fmt.Errorf("unknown field %q", def.Def.FieldDefs[active])
	}
	if title == "" && active < len(def.Def.FieldLabels) {
		title = src.text(def.Def.FieldLabels[active])
	}
	return f, cmp.Or(title, f.Name), nil
}

// resolveMeasure does the same for a measure.
func (src Source) resolveMeasure(def *measureDef) (*calc.Expression, string, error) {
	title := src.text(def.Def.Label)
	if item, known := src.App.Measures[def.LibraryID]; known {
		def.Def.Expr, title = item.Definition, item.Title
		if def.Def.Format.Type == "" || def.Def.Format.Type == "U" {
			def.Def.Format = item.Format
		}
	} else if def.LibraryID != "" && def.Def.Expr == "" {
		return nil, def.LibraryID, fmt.Errorf("unknown library measure %q", def.LibraryID)
	}
	x, err := calc.Parse(src.Data, def.Def.Expr)
	return x, cmp.Or(title, strings.TrimPrefix(def.Def.Expr, "=")), err
}

// text evaluates a label that is a formula; any other text stands for itself.
func (src Source) text(label string) string {
	if len(label) == 0 || label[0] != '=' {
		return label
	}
	return src.EvaluateText(label)
}

// EvaluateText evaluates an expression for display; a wrong one shows itself,
// as a blank title would hide the mistake.
func (src Source) EvaluateText(expr string) string {
	x, err := calc.Parse(src.Data, expr)
	if err != nil {
		return expr
	}
	return x.Single(src.States).Shown()
}
