package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"golang.org/x/sync/errgroup"

	"vitrine/auth"
	"vitrine/qlik"
	"vitrine/store"
	"vitrine/templates"
)

// appPage shows one app and its sheets.
type appPage struct {
	basePage
	App           qlik.App
	Space         string
	Reloaded      *templates.Moment
	Own           bool // the person owns it
	Card          appCard
	Link          string // for others to open
	QlikURL       string // the same in Qlik itself
	Notices       []string
	Sheets        []sheetCard
	SheetsMissing bool
	Embedding     *embedding
}

// sheetCard is a sheet in a list.
type sheetCard struct {
	ID, Title, Description string
	Href                   string
	Thumbnail              string
	Private                bool
	Current                bool // the sheet this page shows
	Cells                  []templates.Cell
}

// app shows one app. The app itself must be there; the rest is said to be
// missing when it is.
func (h *Handlers) app(c *gin.Context) error {
	s, ctx, appID := session(c), c.Request.Context(), c.Param("appId")
	token := s.Tokens.AccessToken
	var (
		app                                qlik.App
		known                              outline
		spaces                             []qlik.Space
		item                               qlik.Item
		assistants                         []qlik.Assistant
		sheetsErr, spacesErr, favoritesErr error
		g                                  errgroup.Group
	)
	g.Go(func() (err error) { app, err = h.Qlik.App(ctx, token, appID); return err })
	g.Go(func() error { known, sheetsErr = h.outline(ctx, s, appID, appPatience, true); return nil })
	g.Go(func() error { spaces, spacesErr = h.Qlik.Spaces(ctx, token); return nil })
	g.Go(func() error { item, _, favoritesErr = h.Qlik.ItemOfApp(ctx, token, appID); return nil })
	g.Go(func() (err error) {
		if assistants, err = h.Qlik.Assistants(ctx, token); err != nil {
			h.log(c, "list assistants", err) // most tenants have none, so nobody misses them
		}
		return nil
	})
	if err := g.Wait(); err != nil {
		return fmt.Errorf("load app: %w", err)
	}
	lang, now := h.language(c), h.today(s.User)
	page := appPage{
		basePage: h.newBasePage(c, app.Name), App: app,
		Reloaded: lang.Moment(app.LastReload, now), Own: app.OwnerID != "" && app.OwnerID == s.User.ID,
		Card:    appCard{Name: app.Name, Href: appPath(appID), Favorite: item.Favorite, ReturnTo: appPath(appID)},
		Link:    h.PublicURL + appPath(appID),
		QlikURL: h.TenantURL + "/sense" + strings.Replace(appPath(appID), "/apps/", "/app/", 1),
		Space:   spaceName(lang, app.SpaceID, spaces), Sheets: h.sheetCards(appID, "", "", known.sheets),
		SheetsMissing: sheetsErr != nil,
	}
	for _, part := range []struct {
		err error
		key string
	}{{spacesErr, "notice.space-name"}, {favoritesErr, "notice.favorite"}, {sheetsErr, ""}} {
		if part.err == nil {
			continue
		}
		h.log(c, "page is not whole", part.err)
		if part.key != "" {
			page.Notices = append(page.Notices, lang.Text(part.key))
		}
	}
	page.Embedding = h.embedding(c, app, known, page.Sheets, assistants)
	h.recordOpened(c, s, store.Opened{AppID: appID, AppName: app.Name, SpaceID: app.SpaceID})
	return h.render(c, http.StatusOK, "app", page)
}

func spaceName(lang *templates.Language, id string, spaces []qlik.Space) string {
	if id == "" {
		return lang.Text("space.personal")
	}
	for _, space := range spaces {
		if space.ID == id {
			return space.Name
		}
	}
	return ""
}

// sheetCards makes cards whose links go on with the given query.
func (h *Handlers) sheetCards(appID, current, query string, sheets []qlik.Sheet) []sheetCard {
	cards := make([]sheetCard, 0, len(sheets))
	for _, sheet := range sheets {
		cards = append(cards, sheetCard{
			ID: sheet.ID, Title: sheet.Title, Description: sheet.Description, Private: sheet.Private,
			Href: sheetPath(appID, sheet.ID) + query, Thumbnail: relayed(sheet.Thumbnail),
			Current: sheet.ID == current, Cells: drawing(sheet),
		})
	}
	return cards
}

// drawing turns the sheet's grid into percent.
func drawing(sheet qlik.Sheet) []templates.Cell {
	columns, rows := float64(max(sheet.Columns, 1)), float64(max(sheet.Rows, 1))
	cells := make([]templates.Cell, 0, len(sheet.Cells))
	for _, cell := range sheet.Cells {
		cells = append(cells, templates.Cell{
			Kind: cell.Type, X: cell.Col / columns * 100, Y: cell.Row / rows * 100,
			Width: cell.Colspan / columns * 100, Height: cell.Rowspan / rows * 100,
		})
	}
	return cells
}

// recordOpened remembers what a person opened. A page that the browser fetched
// ahead was not opened, and a database that is away costs the memory only.
func (h *Handlers) recordOpened(c *gin.Context, s auth.Session, o store.Opened) {
	if c.Request.Method == http.MethodHead || strings.Contains(c.GetHeader("Sec-Purpose"), "prefetch") {
		return
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), databasePatience)
	defer cancel()
	if err := h.DB.RecordOpened(ctx, s.User.ID, o, h.Now()); err != nil && !errors.Is(err, context.Canceled) {
		h.log(c, "record opened", err)
	}
}
