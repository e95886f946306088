package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// welcomePage is home for somebody without a session.
type welcomePage struct {
	basePage
	SignedOut    bool // they have just signed out
	TenantLogout string
	People       []demoPerson
}

type demoPerson struct {
	DemoPerson
	Initials string
}

// welcome offers to sign in, and never does so by itself: who has signed out
// wants to stay so.
func (h *Handlers) welcome(c *gin.Context) error {
	page := welcomePage{
		basePage: h.newBasePage(c, "Vitrine"), SignedOut: c.Query("signed_out") != "",
		TenantLogout: h.tenantLogout(),
	}
	if page.SignedOut {
		page.Title = h.text("signed-out.page-title")
	}
	if h.Demo != nil {
		for _, p := range h.Demo.People {
			page.People = append(page.People, demoPerson{DemoPerson: p, Initials: initials(p.Name)})
		}
	}
	return h.render(c, http.StatusOK, "welcome", page)
}

// logoutPage asks before it signs out, because a GET must change nothing.
func (h *Handlers) logoutPage(c *gin.Context) error {
	return h.render(c, http.StatusOK, "logout", h.newBasePage(c, h.text("logout.page-title")))
}
