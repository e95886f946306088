package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"vitrine/qlik"
	"vitrine/templates"
)

// listPage is what home and the catalogue share.
type listPage struct {
	basePage
	Notices    []string
	Action     string // where the toolbar's form goes
	Spaces     []qlik.Space
	SpaceID    string
	Sorts      []sortOrder
	Sort       string
	Filtered   bool
	Prev, Next string
}

type appsPage struct {
	listPage
	Heading string
	Apps    []appCard
}

func (h *Handlers) newListPage(c *gin.Context, title, nav string, w wanted, k catalogue) listPage {
	p := listPage{
		basePage: h.newBasePage(c, title), Notices: h.notices(c, k), Action: "/apps",
		Spaces: k.spaces, SpaceID: w.space, Sorts: sorts, Sort: w.sort.Name,
		Filtered: w.search != "" || w.space != "", Prev: w.path(k.page.Prev), Next: w.path(k.page.Next),
	}
	p.Nav, p.Search = nav, w.search
	return p
}

// apps is the whole catalogue, a page at a time.
func (h *Handlers) apps(c *gin.Context) error {
	s := session(c)
	w := wantedOf(c)
	k, err := h.loadCatalogue(c.Request.Context(), s, w, 48, false)
	if qlik.StatusOf(err) == http.StatusBadRequest {
		return errBadInput // a space or a cursor that never was one
	}
	if err != nil {
		return err
	}
	heading := appsHeading(h.language(c), w, k.spaces)
	return h.render(c, http.StatusOK, "apps", appsPage{
		listPage: h.newListPage(c, heading, "apps", w, k), Heading: heading,
		Apps: h.cards(c, k.page.Items, k, h.today(s.User)),
	})
}

// appsHeading says what was asked for.
func appsHeading(lang *templates.Language, w wanted, spaces []qlik.Space) string {
	space := ""
	if w.space == personalSpace {
		space = lang.Text("space.personal")
	} else if w.space != "" {
		space = spaceName(lang, w.space, spaces)
	}
	switch {
	case w.search != "" && space != "":
		return lang.Text("apps.title.both", space, w.search)
	case w.search != "":
		return lang.Text("apps.title.search", w.search)
	case space != "":
		return lang.Text("apps.title.space", space)
	}
	return lang.Text("apps.title")
}
