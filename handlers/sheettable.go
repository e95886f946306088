package handlers

import (
	"context"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"vitrine/qlik"
	"vitrine/templates"
)

// dataTable is what one object of a sheet shows, as a table.
type dataTable struct {
	Number  int // for IDs inside the page
	Title   string
	Caption string
	Columns []dataColumn
	Rows    [][]dataCell
	Fault   string // instead of rows
}

type dataColumn struct {
	Title  string
	Number bool
}

type dataCell struct {
	Text   string
	Number bool
	Head   bool // names the row
}

// sheetTables shows the numbers of a sheet without any of Qlik's charts: for
// readers, for printing, and for when charts do not come.
func (h *Handlers) sheetTables(c *gin.Context, page sheetPage, cells []qlik.Cell) error {
	ctx, cancel := context.WithTimeout(c.Request.Context(), 2*appPatience)
	defer cancel()
	lang := h.language(c)
	if len(page.Sheets) == 0 {
		page.Notices = append(page.Notices, lang.Text("table.unavailable"))
		return h.render(c, http.StatusOK, "sheet-table", page)
	}
	engine, err := h.Qlik.OpenApp(ctx, session(c).Tokens.AccessToken, c.Param("appId"))
	if err != nil {
		h.log(c, "open app for tables", err)
		page.Notices = append(page.Notices, lang.Text("table.unavailable"))
		return h.render(c, http.StatusOK, "sheet-table", page)
	}
	defer engine.Close()
	h.selectInTables(ctx, c, engine, &page)
	for _, cell := range cells {
		data, err := engine.Data(ctx, cell.Name)
		if err == nil && len(data.Columns) == 0 {
			continue // a picture or a text, not data
		}
		if err == nil && len(data.Columns) == 1 && len(data.Rows) == 1 && data.Title != "" && data.Numeric[0] {
			page.Figures = append(page.Figures, fact{data.Title, data.Rows[0][0]})
			continue
		}
		table := newDataTable(lang, data)
		if err != nil {
			h.log(c, "read object", err)
			table.Fault = lang.Text("table.fault")
		}
		table.Number = len(page.Tables) + 1
		page.Tables = append(page.Tables, table)
	}
	return h.render(c, http.StatusOK, "sheet-table", page)
}

// selectInTables brings the tables to the state that the charts have.
func (h *Handlers) selectInTables(ctx context.Context, c *gin.Context, engine *qlik.Engine, page *sheetPage) {
	state := deepLinkOf(c.Request.URL.Query())
	if state.Bookmark == "" && len(state.Selections) == 0 {
		return
	}
	fields := map[string][]string{}
	for _, s := range state.Selections {
		fields[s.Field] = s.Values
		page.Selected = append(page.Selected, fact{s.Field, strings.Join(s.Values, ", ")})
	}
	lost, err := engine.Select(ctx, state.Bookmark, fields)
	if err != nil || len(lost) > 0 {
		if err != nil {
			h.log(c, "select for tables", err)
		}
		page.Notices = append(page.Notices, h.language(c).Text("table.lost"))
	}
}

func newDataTable(lang *templates.Language, data qlik.Table) dataTable {
	t := dataTable{Title: data.Title, Caption: lang.Text("table.caption.all#", data.Total)}
	if t.Title == "" {
		t.Title = lang.Text("table.untitled")
	}
	if data.Total > len(data.Rows) {
		t.Caption = lang.Text("table.caption.part", len(data.Rows), data.Total)
	}
	isNumber := func(column int) bool { return column < len(data.Numeric) && data.Numeric[column] }
	for i, title := range data.Columns {
		t.Columns = append(t.Columns, dataColumn{Title: title, Number: isNumber(i)})
	}
	for _, texts := range data.Rows {
		row := make([]dataCell, 0, len(texts))
		for i, text := range texts {
			row = append(row, dataCell{Text: text, Number: isNumber(i), Head: i == 0 && !isNumber(0)})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
