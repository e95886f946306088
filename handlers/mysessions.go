package handlers

import (
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/mileusna/useragent"

	"vitrine/auth"
	"vitrine/store"
	"vitrine/templates"
)

// mySessionsPath lists a person's sessions, and ends them.
const mySessionsPath = "/me/sessions"

// mySessionsPage is everywhere the person is signed in.
type mySessionsPage struct {
	basePage
	Sessions []sessionRow
	Others   int // sessions beside this one
}

// sessionRow is one session as its person sees it.
type sessionRow struct {
	Handle            string
	Device            string // "Chrome on Windows"
	Address           string
	Started, LastUsed *templates.Moment
	Sockets           int
	This              bool
}

func (h *Handlers) mySessions(c *gin.Context) error {
	s := session(c)
	cards, err := h.Sessions.SessionsOf(c.Request.Context(), s.User.ID)
	if err != nil {
		return fmt.Errorf("%w: list sessions: %w", auth.ErrStore, err)
	}
	lang := h.language(c)
	page := mySessionsPage{basePage: h.newBasePage(c, lang.Text("sessions.page-title"))}
	page.Nav = "me"
	now := h.today(s.User)
	for _, card := range cards {
		row := newSessionRow(lang, card, s.ID, now)
		if !row.This {
			page.Others++
		}
		page.Sessions = append(page.Sessions, row)
	}
	return h.render(c, http.StatusOK, "me-sessions", page)
}

func newSessionRow(lang *templates.Language, card store.Card, id string, now time.Time) sessionRow {
	return sessionRow{
		Handle: card.Handle, Device: deviceWords(lang, card.Device.UserAgent), Address: card.Device.Address,
		Started: lang.Moment(card.CreatedAt, now), LastUsed: lang.Moment(card.LastUsed, now),
		Sockets: card.Sockets, This: card.Handle == auth.Handle(id),
	}
}

// deviceWords says what a browser calls itself as a person would.
func deviceWords(lang *templates.Language, userAgent string) string {
	ua := useragent.Parse(userAgent)
	switch {
	case ua.Name == "" || ua.Name == userAgent:
		return lang.Text("sessions.device.unknown")
	case ua.OS == "":
		return ua.Name
	}
	return lang.Text("sessions.device", ua.Name, ua.OS)
}

// endSessions ends one of the person's sessions, all others, or all. Which ones
// are theirs, the store says; a handle from the form proves nothing.
func (h *Handlers) endSessions(c *gin.Context) error {
	s := session(c)
	cards, err := h.Sessions.SessionsOf(c.Request.Context(), s.User.ID)
	if err != nil {
		return fmt.Errorf("%w: list sessions: %w", auth.ErrStore, err)
	}
	which, this := c.PostForm("end"), auth.Handle(s.ID)
	endThis := which == "all" || which == this
	for _, card := range cards {
		if card.Handle == this || which != "all" && which != "others" && which != card.Handle {
			continue
		}
		if err := h.Sessions.EndByHandle(c.Request.Context(), card.Handle); err != nil {
			return fmt.Errorf("%w: end session: %w", auth.ErrStore, err)
		}
		h.Proxy.EndSession(card.Handle)
		h.auditEnd(c, s.User.ID, card.Handle, s.User.ID, "ended from another session")
	}
	if endThis {
		return h.logout(c)
	}
	c.Redirect(http.StatusSeeOther, mySessionsPath)
	return nil
}

// sessionList answers GET /api/me/sessions with the same list for scripts.
func (h *Handlers) sessionList(c *gin.Context) error {
	noStore(c)
	s := session(c)
	cards, err := h.Sessions.SessionsOf(c.Request.Context(), s.User.ID)
	if err != nil {
		return fmt.Errorf("%w: list sessions: %w", auth.ErrStore, err)
	}
	lang, list := h.language(c), make([]gin.H, 0, len(cards))
	for _, card := range cards {
		list = append(list, gin.H{
			"handle": card.Handle, "device": deviceWords(lang, card.Device.UserAgent), "address": card.Device.Address,
			"created_at": card.CreatedAt.UTC().Format(time.RFC3339), "last_used_at": card.LastUsed.UTC().Format(time.RFC3339),
			"expires_at": card.ExpiresAt.UTC().Format(time.RFC3339), "open_sockets": card.Sockets,
			"current": card.Handle == auth.Handle(s.ID),
		})
	}
	c.JSON(http.StatusOK, gin.H{"sessions": list})
	return nil
}
