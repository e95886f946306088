package handlers

import (
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"vitrine/qlik"
	"vitrine/store"
	"vitrine/templates"
)

// homePage is the first page of somebody who is signed in.
type homePage struct {
	listPage
	Recents   []recentCard
	Favorites []appCard
	Groups    []appGroup
}

// appGroup is a space with its apps.
type appGroup struct {
	Number int // for IDs inside the page
	ID     string
	Name   string
	Href   string
	Apps   []appCard
}

type recentCard struct {
	App, Sheet, Href string
	Opened           *templates.Moment
}

// home shows who is signed in and what they can open; to others, the way in.
func (h *Handlers) home(c *gin.Context) error {
	s, ok := optionalSession(c)
	if !ok {
		return h.welcome(c)
	}
	// Whoever filters is looking for an app, and the catalogue is for that.
	if query := c.Request.URL.Query(); query.Has("q") || query.Has("space") || query.Has("page") || query.Has("sort") {
		c.Redirect(http.StatusSeeOther, "/apps?"+query.Encode())
		return nil
	}
	lang, w := h.language(c), wantedOf(c)
	k, err := h.loadCatalogue(c.Request.Context(), s, w, 100, true)
	if err != nil {
		return err
	}
	now := h.today(s.User)
	page := homePage{
		listPage: h.newListPage(c, lang.Text("home.page-title"), "home", w, k),
		Recents:  recentCards(lang, k.recents, now),
		Groups:   groupBySpace(lang, h.cards(c, k.page.Items, k, now), k.spaces),
	}
	page.Favorites = h.cards(c, k.favorites, k, now)
	return h.render(c, http.StatusOK, "home", page)
}

// groupBySpace sorts cards into their spaces: the person's own first, then the
// tenant's order. Apps keep the order they have.
func groupBySpace(lang *templates.Language, cards []appCard, spaces []qlik.Space) []appGroup {
	if len(spaces) == 0 {
		if len(cards) == 0 {
			return nil
		}
		return []appGroup{{Number: 1, Name: lang.Text("apps.list"), Apps: cards}}
	}
	known := append([]qlik.Space{{Name: lang.Text("space.personal")}}, spaces...)
	at := map[string]int{}
	groups := make([]appGroup, len(known)+1)
	for i, space := range known {
		at[space.ID] = i
		groups[i] = appGroup{ID: spaceQuery(space.ID), Name: space.Name}
	}
	rest := len(known) // apps of spaces the tenant did not list
	groups[rest].Name = lang.Text("space.rest")
	for _, card := range cards {
		i, found := at[card.spaceID]
		if !found {
			i = rest
		}
		card.Space = "" // the heading says it
		groups[i].Apps = append(groups[i].Apps, card)
	}
	var filled []appGroup
	for _, g := range groups {
		if len(g.Apps) == 0 {
			continue
		}
		g.Number = len(filled) + 1
		g.Href = "/apps?" + url.Values{"space": {g.ID}}.Encode()
		filled = append(filled, g)
	}
	return filled
}

// personalSpace is how the items endpoint calls a person's own space, which has
// no ID.
const personalSpace = "personal"

// spaceQuery is how the items endpoint calls a space.
func spaceQuery(id string) string {
	if id == "" {
		return personalSpace
	}
	return id
}

func recentCards(lang *templates.Language, recents []store.Recent, now time.Time) []recentCard {
	cards := make([]recentCard, 0, len(recents))
	for _, r := range recents {
		card := recentCard{App: r.AppName, Sheet: r.SheetTitle, Href: appPath(r.AppID), Opened: lang.Moment(r.OpenedAt, now)}
		if r.SheetID != "" {
			card.Href = sheetPath(r.AppID, r.SheetID)
		}
		cards = append(cards, card)
	}
	return cards
}
