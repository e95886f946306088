package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"vitrine/qlik"
	"vitrine/templates"
)

// mePage is what the tenant says of the person, and how long this goes on.
type mePage struct {
	basePage
	Notices      []string
	Facts        []fact
	Roles        []string
	Groups       []string
	Since, Until *templates.Moment
	Idle         *templates.Moment // when it ends if nobody uses it
	Token        *templates.Moment // when access was last renewed
	Renews       bool              // the tenant gave the means to renew access
	TenantLogout string
}

type fact struct{ Label, Value string }

// me asks the tenant anew, for roles change; when it does not answer, the page
// tells what was known at sign-in.
func (h *Handlers) me(c *gin.Context) error {
	s, lang := session(c), h.language(c)
	user, err := h.Qlik.Me(c.Request.Context(), s.Tokens.AccessToken)
	var notices []string
	if err != nil {
		h.log(c, "read users/me", err)
		user, notices = s.User, []string{lang.Text("notice.me")}
	}
	now := h.today(user)
	page := mePage{
		basePage: h.newBasePage(c, lang.Text("me.page-title")),
		Notices:  notices,
		Facts: []fact{
			{"me.name", user.Name}, {"me.email", user.Email}, {"me.id", user.ID},
			{"me.subject", user.Subject}, {"me.locale", user.Locale}, {"me.zone", user.Zoneinfo},
		},
		Roles: namesOf(user.AssignedRoles), Groups: namesOf(user.Groups),
		Since: lang.Moment(s.CreatedAt, now), Until: lang.Moment(s.ExpiresAt, now),
		Token: lang.Moment(s.Tokens.ObtainedAt, now), Renews: s.Tokens.RefreshToken != "",
		TenantLogout: h.tenantLogout(c),
	}
	if end := s.EndsAt(); end.Before(s.ExpiresAt) {
		page.Idle = lang.Moment(end, now)
	}
	page.Nav = "me"
	return h.render(c, http.StatusOK, "me", page)
}

func namesOf(all []qlik.Named) []string {
	names := make([]string, 0, len(all))
	for _, n := range all {
		names = append(names, n.Name)
	}
	return names
}
