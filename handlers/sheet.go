package handlers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"golang.org/x/sync/errgroup"

	"vitrine/qlik"
	"vitrine/store"
	"vitrine/templates"
)

// sheetPage shows one sheet: as charts in an embed mode, or as tables.
type sheetPage struct {
	basePage
	App        qlik.App
	SheetID    string
	SheetTitle string
	Sheets     []sheetCard // to choose from; empty when the engine did not list them
	Cells      []templates.Cell
	Mode       embedMode
	ModeLabel  string
	Modes      []modeLink
	Part       *part // instead of a sheet
	Bare       bool  // nothing around it: for frames on other people's pages
	AppHref    string
	ChartHref  string
	TableHref  string
	OtherHref  string // the same in the mode that works everywhere
	Direct     bool   // the developer's page talks to the tenant itself
	RelayedHref,
	DirectHref string // the developer's page, one way and the other
	Code         string // what the developer's page runs
	TenantLogout string
	SignInHref   string // the way back here when the session has ended
	Link         string
	RelayURL     string // where the libraries reach the tenant
	RuntimeURL   string
	View         string // what the page's script works with, as JSON
	Library      bool   // the browser library is there
	Table        bool
	Figures      []fact // objects that show one number
	Tables       []dataTable
	Selected     []fact // what the tables are narrowed to
	Bookmarked   bool
	Notices      []string
}

// sheetView is what the scripts of the embed modes know of the sheet.
type sheetView struct {
	Mode       string      `json:"mode"`
	AppID      string      `json:"appId"`
	SheetID    string      `json:"sheetId"`
	Select     []selection `json:"select"`
	Bookmark   string      `json:"bookmark"`
	Bare       bool        `json:"bare"`
	Theme      string      `json:"theme"` // the app's own
	Columns    int         `json:"columns"`
	Rows       int         `json:"rows"`
	Cells      []qlik.Cell `json:"cells"`
	Tenant     string      `json:"tenant"`
	Relay      string      `json:"relay"`
	SignIn     string      `json:"signIn"`
	Direct     bool        `json:"direct"` // talk to the tenant, not to the relay
	JWT        bool        `json:"jwt"`
	WebID      string      `json:"webIntegrationId"`
	Library    string      `json:"library"`
	EnginePath string      `json:"enigma"`
	Language   string      `json:"language"`
	UserID     string      `json:"userId"` // whom the tenant's cookie should name, too
}

// sheet shows one sheet of an app, embedded in the chosen mode, or its numbers.
func (h *Handlers) sheet(c *gin.Context) error {
	page, sheet, err := h.loadSheet(c)
	if err != nil {
		return err
	}
	if !page.Bare {
		h.recordOpened(c, session(c), store.Opened{
			AppID: c.Param("appId"), AppName: page.App.Name, SheetID: page.SheetID,
			SheetTitle: page.SheetTitle, SpaceID: page.App.SpaceID,
		})
	}
	if page.Table {
		return h.sheetTables(c, page, sheet.Cells)
	}
	h.allow(c, page.Mode.sources(h.policy))
	return h.render(c, http.StatusOK, page.Mode.Page, page)
}

// loadSheet gathers what both views need. Without the engine's list the sheet
// is shown all the same: the browser's own connection may fare better.
func (h *Handlers) loadSheet(c *gin.Context) (sheetPage, qlik.Sheet, error) {
	s, ctx := session(c), c.Request.Context()
	appID, sheetID := c.Param("appId"), c.Param("sheetId")
	var (
		app     qlik.App
		known   outline
		listErr error
		g       errgroup.Group
	)
	patience := sheetPatience
	if c.Query("view") == "table" {
		patience = appPatience
	}
	g.Go(func() (err error) { app, err = h.Qlik.App(ctx, s.Tokens.AccessToken, appID); return err })
	g.Go(func() error {
		known, listErr = h.outlineOf(ctx, s, appID, sheetID, patience)
		return nil
	})
	if err := g.Wait(); err != nil {
		return sheetPage{}, qlik.Sheet{}, fmt.Errorf("load app: %w", err)
	}
	if listErr != nil {
		h.log(c, "list sheets", listErr)
		page, err := h.newSheetPage(c, app, qlik.Sheet{ID: sheetID, Title: h.language(c).Text("sheet.untitled")}, known)
		return page, qlik.Sheet{}, err
	}
	at := slices.IndexFunc(known.sheets, func(sheet qlik.Sheet) bool { return sheet.ID == sheetID })
	if at < 0 {
		return sheetPage{}, qlik.Sheet{}, errSheetNotFound
	}
	page, err := h.newSheetPage(c, app, known.sheets[at], known)
	return page, known.sheets[at], err
}

// newSheetPage fills the page. Every link on it goes on with the mode and the
// selections that this address has.
func (h *Handlers) newSheetPage(c *gin.Context, app qlik.App, sheet qlik.Sheet, known outline) (sheetPage, error) {
	lang := h.language(c)
	path, state, mode := sheetPath(app.ID, sheet.ID), deepLinkOf(c.Request.URL.Query()), h.embedMode(c, app.ID)
	asked := ""
	if mode.Name != h.usualMode(app.ID).Name {
		asked = mode.Name
	}
	page := sheetPage{
		basePage: h.newBasePage(c, sheet.Title+" · "+app.Name), App: app, SheetID: sheet.ID, SheetTitle: sheet.Title,
		Cells: drawing(sheet), Mode: mode, ModeLabel: lang.Text("mode." + mode.Name),
		Bare: strings.HasPrefix(c.Request.URL.Path, framePrefix+"/"), Table: c.Query("view") == "table",
		AppHref: appPath(app.ID), ChartHref: path + state.query("embed", asked), TableHref: path + state.query("embed", asked, "view", "table"),
		OtherHref:  c.Request.URL.Path + state.query("embed", embedModes[0].Name),
		SignInHref: loginPath(c.Request.URL.RequestURI()), Link: h.PublicURL + path + state.query("embed", asked),
		RelayURL: h.PublicURL + relayPrefix, RuntimeURL: h.EmbedRuntimeURL,
		Library: mode.Library == "" || h.Static.Has(mode.Library),
	}
	if page.Bare { // in a window of its own, to which the sheet need not follow
		page.SignInHref = loginPath(frameSignedInPath)
	}
	h.developerPart(c, &page, state)
	if state.Defect {
		page.Notices = append(page.Notices, lang.Text("link.defect"))
	}
	page.Bookmarked = state.Bookmark != ""
	if page.Table {
		page.Title = lang.Text("sheet.table-title", page.SheetTitle) + " · " + app.Name
	}
	page.Modes = modeLinks(lang, c.Request.URL.Path, mode, state)
	query := state.query("embed", asked)
	if page.Table { // whoever reads tables goes on with tables
		query = state.query("embed", asked, "view", "table")
	}
	page.Sheets = h.sheetCards(app.ID, sheet.ID, query, known.sheets)
	view, err := json.Marshal(h.sheetView(lang, page, sheet, known.theme, state, session(c).User.ID))
	// Where the tenant's scripts bring AngularJS, it compiles attributes, too.
	page.View = strings.ReplaceAll(string(view), "{{", `{\u007b`)
	return page, err
}

func modeLinks(lang *templates.Language, path string, current embedMode, state deepLink) []modeLink {
	links := make([]modeLink, 0, len(embedModes))
	for _, mode := range embedModes {
		links = append(links, modeLink{
			Name: mode.Name, Label: lang.Text("mode." + mode.Name), Text: lang.Text("mode." + mode.Name + ".text"),
			Href: path + state.query("embed", mode.Name), Current: mode.Name == current.Name,
		})
	}
	return links
}

func (h *Handlers) sheetView(lang *templates.Language, page sheetPage, sheet qlik.Sheet, theme string, state deepLink, userID string) sheetView {
	view := sheetView{
		Mode: page.Mode.Name, AppID: page.App.ID, SheetID: sheet.ID, Select: state.Selections, Bookmark: state.Bookmark,
		Bare: page.Bare, Theme: theme, Columns: sheet.Columns, Rows: sheet.Rows, Cells: sheet.Cells,
		Tenant: h.TenantURL, Relay: page.RelayURL, SignIn: page.SignInHref, Direct: page.Direct, Language: lang.Locale(),
		JWT: h.JWT != nil, WebID: h.WebIntegrationID, UserID: userID,
	}
	if page.Mode.Library != "" {
		view.Library = h.Static.URL(page.Mode.Library)
	}
	if h.Static.Has(enigmaLibrary) {
		view.EnginePath = h.Static.URL(enigmaLibrary)
	}
	return view
}

// enigmaLibrary opens an app through the relay.
const enigmaLibrary = "vendor/nebula/enigma.js"

// developerPart is for the pages that show how they are made, or that use the
// tenant's own session.
func (h *Handlers) developerPart(c *gin.Context, page *sheetPage, state deepLink) {
	if !page.Mode.Cookie && page.Mode.Name != "enigma" {
		return
	}
	page.TenantLogout = h.tenantLogout(c)
	if page.Mode.Name == "enigma" {
		page.Direct = c.Query("via") == "tenant"
		page.RelayedHref = c.Request.URL.Path + state.query("embed", "enigma")
		page.DirectHref = c.Request.URL.Path + state.query("embed", "enigma", "via", "tenant")
		page.Code = h.enigmaCode(page.App.ID, page.Direct)
	}
}
