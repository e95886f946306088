package handlers

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"
	"golang.org/x/sync/errgroup"

	"vitrine/qlik"
	"vitrine/store"
	"vitrine/templates"
)

// qlikEmbedLibrary is the file a qlik-embed page cannot do without.
const qlikEmbedLibrary = "vendor/qlik-embed/index.js"

// sheetPage shows one sheet: as charts in an embed mode, or as tables.
type sheetPage struct {
	basePage
	App        qlik.App
	SheetID    string
	SheetTitle string
	Sheets     []sheetCard // to choose from; empty when the engine did not list them
	Cells      []templates.Cell
	AppHref    string
	ChartHref  string
	TableHref  string
	SignInHref string // the way back here when the session has ended
	Link       string
	RelayURL   string // where the libraries reach the tenant
	RuntimeURL string
	Library    bool // the browser library is there
	Table      bool
	Figures    []fact // objects that show one number
	Tables     []dataTable
	Notices    []string
}

// sheet shows one sheet of an app, embedded in the chosen mode, or its numbers.
func (h *Handlers) sheet(c *gin.Context) error {
	page, cells, err := h.loadSheet(c)
	if err != nil {
		return err
	}
	h.recordOpened(c, session(c), store.Opened{
		AppID: c.Param("appId"), AppName: page.App.Name, SheetID: page.SheetID,
		SheetTitle: page.SheetTitle, SpaceID: page.App.SpaceID,
	})
	if page.Table {
		return h.sheetTables(c, page, cells)
	}
	h.allowEmbed(c)
	return h.render(c, http.StatusOK, embedModeOf(c.Query("embed")).Page, page)
}

// loadSheet gathers what both views need. Without the engine's list the sheet
// is shown all the same: the browser's own connection may fare better.
func (h *Handlers) loadSheet(c *gin.Context) (sheetPage, []qlik.Cell, error) {
	s, ctx := session(c), c.Request.Context()
	appID, sheetID := c.Param("appId"), c.Param("sheetId")
	var (
		app     qlik.App
		sheets  []qlik.Sheet
		listErr error
		g       errgroup.Group
	)
	patience := sheetPatience
	if c.Query("view") == "table" {
		patience = appPatience
	}
	g.Go(func() (err error) { app, err = h.Qlik.App(ctx, s.Tokens.AccessToken, appID); return err })
	g.Go(func() error {
		sheets, listErr = h.listSheets(ctx, s.Tokens.AccessToken, appID, patience)
		return nil
	})
	if err := g.Wait(); err != nil {
		return sheetPage{}, nil, fmt.Errorf("load app: %w", err)
	}
	page := h.newSheetPage(c, app, sheetID)
	if listErr != nil {
		h.log(c, "list sheets", listErr)
		return page, nil, nil
	}
	at := slices.IndexFunc(sheets, func(sheet qlik.Sheet) bool { return sheet.ID == sheetID })
	if at < 0 {
		return sheetPage{}, nil, errSheetNotFound
	}
	page.SheetTitle = sheets[at].Title
	page.Title = page.SheetTitle + " · " + app.Name
	page.Sheets, page.Cells = h.sheetCards(appID, sheetID, sheets), drawing(sheets[at])
	if page.Table {
		page.Title = h.text("sheet.table-title", page.SheetTitle) + " · " + app.Name
		for i := range page.Sheets {
			page.Sheets[i].Href += "?view=table" // whoever reads tables goes on with tables
		}
	}
	return page, sheets[at].Cells, nil
}

func (h *Handlers) newSheetPage(c *gin.Context, app qlik.App, sheetID string) sheetPage {
	path := sheetPath(app.ID, sheetID)
	title := h.text("sheet.untitled")
	return sheetPage{
		basePage: h.newBasePage(c, title+" · "+app.Name), App: app, SheetID: sheetID, SheetTitle: title,
		AppHref: appPath(app.ID), ChartHref: path, TableHref: path + "?view=table",
		SignInHref: "/login?" + url.Values{"return_to": {path}}.Encode(), Link: h.PublicURL + path,
		RelayURL: h.PublicURL + relayPrefix, RuntimeURL: h.EmbedRuntimeURL,
		Library: h.Static.Has(qlikEmbedLibrary), Table: c.Query("view") == "table",
	}
}
