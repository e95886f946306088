package handlers

import (
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"vitrine/qlik"
)

// embedding is the part of an app's page for developers: code to copy for each
// mode, and pages that show single parts of the app.
type embedding struct {
	Sheet      sheetCard // the one the code is for
	Snippets   []snippet
	FramesOff  bool // nobody may frame our pages
	Parts      []objectLink
	Objects    []objectLink
	ChartTypes []string
	Assistants []objectLink
}

type snippet struct {
	Name, Label, Text string
	Href              string // the sheet in this mode
	Frame, Own        string
	Usual             bool // what the app is shown with
}

type objectLink struct{ Label, Text, Href string }

// embedding is nil where the app shows no sheet, as there is nothing to embed.
func (h *Handlers) embedding(c *gin.Context, app qlik.App, known outline, cards []sheetCard, assistants []qlik.Assistant) *embedding {
	if len(cards) == 0 {
		return nil
	}
	at := max(0, slices.IndexFunc(cards, func(card sheetCard) bool { return card.ID == c.Query("sheet") }))
	e := &embedding{Sheet: cards[at], FramesOff: len(h.EmbedOrigins) == 0, ChartTypes: chartTypes}
	lang, usual := h.language(c), h.usualMode(app.ID)
	for _, mode := range embedModes {
		e.Snippets = append(e.Snippets, snippet{
			Name: mode.Name, Label: lang.Text("mode." + mode.Name), Text: lang.Text("mode." + mode.Name + ".text"),
			Href:  sheetPath(app.ID, e.Sheet.ID) + "?embed=" + mode.Name,
			Frame: h.frameSnippet(app.ID, e.Sheet.ID, e.Sheet.Title, mode.Name),
			Own:   h.ownSnippet(app.ID, e.Sheet.ID, known.theme, mode.Name), Usual: mode.Name == usual.Name,
		})
	}
	path := appPath(app.ID)
	e.Parts = []objectLink{
		{lang.Text("part.classic"), "classic/app", path + "/classic?sheet=" + url.QueryEscape(e.Sheet.ID)},
		{lang.Text("part.selections"), "analytics/selections", path + "/selections"},
	}
	for _, cell := range known.sheets[at].Cells {
		e.Objects = append(e.Objects, objectLink{cell.Name, cell.Type, path + "/objects/" + url.PathEscape(cell.Name)})
	}
	for _, assistant := range assistants {
		e.Assistants = append(e.Assistants, objectLink{assistant.Name, "ai/assistant", "/assistants/" + url.PathEscape(assistant.ID)})
	}
	return e
}
