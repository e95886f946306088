package handlers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"vitrine/qlik"
)

// part is a piece of an app on a page of its own, by qlik-embed.
type part struct {
	UI         string // qlik-embed's name of it
	ObjectID   string
	SheetID    string
	Field      string
	Type       string
	Dimensions string // JSON
	Measures   string // JSON
	Assistant  string
	Appearance string
	Bar        bool // selections can be shown above it
}

// partOf reads what the address asks for; the last part of the route says what
// kind it is. title is what the page is called.
type partOf func(*gin.Context) (p part, title string, ok bool)

// chartTypes are the charts that can be made on the fly: those every tenant has.
var chartTypes = []string{"barchart", "linechart", "piechart", "combochart", "scatterplot", "table", "kpi"}

func (h *Handlers) objectPart(c *gin.Context) (part, string, bool) {
	id := c.Param("objectId")
	p := part{UI: "analytics/chart", ObjectID: id, Bar: true}
	if c.Query("ui") == "classic" {
		p.UI = "classic/chart"
	}
	return p, h.language(c).Text("part.object", id), plainText(id, maxNameLength)
}

func (h *Handlers) fieldPart(c *gin.Context) (part, string, bool) {
	name := strings.TrimSpace(c.Query("name"))
	return part{UI: "analytics/field", Field: name, Bar: true}, name, name != "" && plainText(name, maxNameLength)
}

func (h *Handlers) selectionsPart(c *gin.Context) (part, string, bool) {
	return part{UI: "analytics/selections"}, h.language(c).Text("part.selections"), true
}

func (h *Handlers) classicPart(c *gin.Context) (part, string, bool) {
	sheet := c.Query("sheet")
	return part{UI: "classic/app", SheetID: sheet}, h.language(c).Text("part.classic"), plainText(sheet, maxNameLength)
}

// chartPart makes a chart that no sheet has: ?type=barchart&dimension=Region&measure=Sum(Sales).
func (h *Handlers) chartPart(c *gin.Context) (part, string, bool) {
	p := part{UI: "analytics/chart", Type: c.DefaultQuery("type", chartTypes[0]), Bar: true}
	ok := false
	for _, known := range chartTypes {
		ok = ok || known == p.Type
	}
	dimensions, dimensionsOK := expressions(c.QueryArray("dimension"), "")
	measures, measuresOK := expressions(c.QueryArray("measure"), "=")
	p.Dimensions, p.Measures = jsonText(dimensions), jsonText(measures)
	names := append(append([]string{}, dimensions...), measures...)
	return p, strings.Join(names, ", "), ok && dimensionsOK && measuresOK && len(names) > 0
}

// expressions keeps what was filled in, and puts the mark before each that
// tells an expression from a field.
func expressions(given []string, mark string) (kept []string, ok bool) {
	for _, text := range given {
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		if !plainText(text, maxValueLength) || len(kept) == 10 {
			return nil, false
		}
		if mark != "" && !strings.HasPrefix(text, mark) {
			text = mark + text
		}
		kept = append(kept, text)
	}
	return kept, true
}

func jsonText(values []string) string {
	if len(values) == 0 {
		return "[]"
	}
	raw, err := json.Marshal(values)
	if err != nil {
		return "[]" // texts are always JSON
	}
	return string(raw)
}

// partPage shows a part of an app.
func (h *Handlers) partPage(read partOf) func(*gin.Context) error {
	return func(c *gin.Context) error {
		p, title, ok := read(c)
		if !ok {
			return errBadInput
		}
		app, err := h.Qlik.App(c.Request.Context(), session(c).Tokens.AccessToken, c.Param("appId"))
		if err != nil {
			return fmt.Errorf("load app: %w", err)
		}
		return h.renderPart(c, app, p, title)
	}
}

func (h *Handlers) renderPart(c *gin.Context, app qlik.App, p part, title string) error {
	page, err := h.newSheetPage(c, app, qlik.Sheet{Title: title}, outline{})
	if err != nil {
		return err
	}
	page.Part, page.TableHref, page.Mode = &p, "", embedModes[0]
	page.Library = h.Static.Has(page.Mode.Library)
	if app.ID == "" {
		page.AppHref = "/"
	}
	page.Link = h.PublicURL + c.Request.URL.RequestURI()
	h.allow(c, page.Mode.sources(h.policy))
	return h.render(c, http.StatusOK, "embed/part", page)
}

// assistant shows an assistant of the tenant, which belongs to no app.
func (h *Handlers) assistant(c *gin.Context) error {
	id := c.Param("assistantId")
	if !plainText(id, maxNameLength) {
		return errBadInput
	}
	ctx, token := c.Request.Context(), session(c).Tokens.AccessToken
	assistant, err := h.Qlik.Assistant(ctx, token, id)
	switch qlik.StatusOf(err) {
	case http.StatusForbidden, http.StatusNotFound:
		// Most tenants have none, which is another thing to be told.
		if known, err := h.Qlik.Assistants(ctx, token); err == nil && len(known) > 0 {
			return errNotThatOne
		}
		return errNoAssistants
	}
	if err != nil {
		return fmt.Errorf("load assistant: %w", err)
	}
	p := part{UI: "ai/assistant", Assistant: id, Appearance: "qlik-light"}
	if themeOf(c) == "dark" {
		p.Appearance = "qlik-dark"
	}
	return h.renderPart(c, qlik.App{Name: h.language(c).Text("part.assistants")}, p, assistant.Name)
}
