package handlers

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"vitrine/auth"
	"vitrine/templates"
)

// languageCookie is the user's choice of a language.
const languageCookie = "vitrine_language"

// languagePath takes that choice.
const languagePath = "/language"

// languageChoice is a language as the menu shows it.
type languageChoice struct{ Code, Name string }

// language returns the language of the answer.
func (h *Handlers) language(c *gin.Context) *templates.Language {
	s, _ := optionalSession(c)
	return languageOf(h.Templates, c.Request.Header, s.User.Locale)
}

// languageOf returns the language that the user has chosen, or else that of
// their locale at the tenant, or else what the browser asks for.
func languageOf(pages *templates.Set, header http.Header, locale string) *templates.Language {
	return pages.Language(chosenLanguage(header), locale, strings.Join(header.Values("Accept-Language"), ","))
}

func chosenLanguage(header http.Header) string {
	chosen, _ := cookieValue(header, languageCookie)
	return chosen
}

// writtenIn says in which language the answer is, and what chose it.
func writtenIn(c *gin.Context, lang *templates.Language) {
	c.Header("Content-Language", lang.Code())
	c.Header("Vary", "Accept-Encoding, Accept-Language, Cookie")
}

func (h *Handlers) languageChoices() []languageChoice {
	var choices []languageChoice
	for _, l := range h.Templates.Languages() {
		choices = append(choices, languageChoice{l.Code(), l.Name()})
	}
	return choices
}

// chooseLanguage keeps the user's choice for a year; an empty one is forgotten.
func (h *Handlers) chooseLanguage(c *gin.Context) error {
	code := c.PostForm("language")
	known := slices.ContainsFunc(h.Templates.Languages(), func(l *templates.Language) bool { return l.Code() == code })
	switch {
	case code == "":
		h.setCookie(c, languageCookie, "", -1)
	case known:
		h.setCookie(c, languageCookie, code, 365*24*60*60)
	default:
		return fmt.Errorf("%w: no such language", errBadInput)
	}
	noStore(c)
	c.Redirect(http.StatusSeeOther, auth.LocalPath(c.PostForm("return_to")))
	return nil
}

// RelayTitle returns what [proxy.Options] ask for: the titles of the relay's
// refusals in the language of the request.
func RelayTitle(pages *templates.Set) func(asked http.Header, s *auth.Session, title string) string {
	return func(asked http.Header, s *auth.Session, title string) string {
		locale := ""
		if s != nil {
			locale = s.User.Locale
		}
		if translated, found := languageOf(pages, asked, locale).Lookup("relay." + title); found {
			return translated
		}
		return title
	}
}
