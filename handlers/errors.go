package handlers

import (
	"cmp"
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"vitrine/auth"
	"vitrine/qlik"
	"vitrine/templates"
)

// Errors of the web face itself.
var (
	errSignInNeeded   = errors.New("sign-in needed")
	errNotFound       = errors.New("page not found")
	errMethod         = errors.New("method not allowed")
	errOtherHost      = errors.New("front passes on another Host")
	errCrossOrigin    = errors.New("request comes from another origin")
	errBadInput       = errors.New("bad input")
	errRecovered      = errors.New("handler panicked")
	errAppNotFound    = errors.New("app not found")
	errSheetNotFound  = errors.New("sheet not found")
	errNoAssistants   = errors.New("tenant has no assistants")
	errNotThatOne     = errors.New("assistant not found")
	errAppNotAllowed  = errors.New("app not allowed")
	errTooManyAtOnce  = errors.New("tenant asks for patience")
	errTenantSaysNoMe = errors.New("tenant refuses the token")
)

// problem is how an error is answered. Its sentences are in the catalogue:
// problem.<code>.title and problem.<code>.text, which never say the cause.
type problem struct {
	err    error
	status int
	code   string // for JSON
	words  string // instead of code, where two rows share one
	action action
	retry  time.Duration
}

func (p problem) title(lang *templates.Language) string { return p.sentence(lang, ".title") }
func (p problem) text(lang *templates.Language) string  { return p.sentence(lang, ".text") }

func (p problem) sentence(lang *templates.Language, part string) string {
	return lang.Text("problem." + cmp.Or(p.words, p.code) + part)
}

// action is the one next step a page of a problem offers. Label is a key of the
// catalogue.
type action struct{ Label, Href string }

var (
	toSignIn = action{"error.sign-in", "/login"}
	toHome   = action{"error.back", "/"}
	toSame   = action{"try-again", ""} // the page itself
)

// problems maps errors to what the browser is told. The first match wins;
// anything else is the last row.
var problems = []problem{
	{err: auth.ErrStore, status: 503, code: "store_unavailable", action: toSame, retry: 2 * time.Second},
	{err: auth.ErrInvalidRequest, status: 400, code: "invalid_request", action: toSignIn},
	{err: auth.ErrAccessDenied, status: 403, code: "access_denied", action: toSignIn},
	{err: auth.ErrNoSession, status: 401, code: "sign_in_needed", words: "session_ended", action: toSignIn},
	{err: errSignInLoops, status: 401, code: "sign_in_loops", action: toSignIn},
	{err: errSignInNeeded, status: 401, code: "sign_in_needed", action: toSignIn},
	{err: auth.ErrTenant, status: 502, code: "tenant_unavailable", action: toSame},
	{err: errSheetNotFound, status: 404, code: "sheet_not_found", action: toHome},
	{err: errNoAssistants, status: 404, code: "no_assistants", action: toHome},
	{err: errNotThatOne, status: 404, code: "assistant_not_found", action: toHome},
	{err: errAppNotFound, status: 404, code: "app_not_found", action: toHome},
	{err: errAppNotAllowed, status: 403, code: "app_not_allowed", action: toHome},
	{err: errTooManyAtOnce, status: 429, code: "rate_limited", action: toSame},
	{err: errRateLimited, status: 429, code: "too_many_requests", action: toSame},
	{err: errTenantSaysNoMe, status: 502, code: "tenant_refused", action: action{"sign-in.again", "/login"}},
	{err: qlik.ErrUnreachable, status: 502, code: "tenant_unavailable", action: toSame},
	{err: errCrossOrigin, status: 403, code: "cross_origin", action: toHome},
	{err: errOtherHost, status: http.StatusMisdirectedRequest, code: "other_host", action: toHome},
	{err: errNoJWT, status: 404, code: "jwt_not_configured", action: toHome},
	{err: errBadInput, status: 400, code: "bad_input", action: toHome},
	{err: errNotFound, status: 404, code: "not_found", action: toHome},
	{err: errMethod, status: 405, code: "method_not_allowed", action: toHome},
	{err: context.DeadlineExceeded, status: 504, code: "timeout", action: toSame},
	{status: 500, code: "internal", action: toSame},
}

// problemOf finds the row for err. What the tenant refused has rows of its own,
// chosen by status.
func problemOf(err error) problem {
	p := problems[len(problems)-1]
	for _, row := range problems {
		if row.err != nil && errors.Is(err, row.err) {
			p = row
			break
		}
	}
	var refused *qlik.Error
	var wait *auth.RetryError
	var limited *rateLimitError
	switch {
	case errors.As(err, &limited):
		p.retry = limited.after
	case errors.As(err, &wait):
		p.retry = wait.After
	case errors.As(err, &refused) && p.status == http.StatusInternalServerError:
		p = problemOf(refusalKind(refused.Status))
		p.retry = refused.RetryAfter
	}
	return p
}

// refusalKind is what a status of the tenant means for a page about an app,
// which is all pages ask it for.
func refusalKind(status int) error {
	switch status {
	case http.StatusNotFound, http.StatusGone:
		return errAppNotFound
	case http.StatusForbidden:
		return errAppNotAllowed
	case http.StatusUnauthorized:
		return errTenantSaysNoMe
	case http.StatusTooManyRequests:
		return errTooManyAtOnce
	case http.StatusBadRequest:
		return errAppNotFound // an ID of the wrong form
	}
	return qlik.ErrUnreachable
}

func (p problem) setRetryAfter(c *gin.Context) {
	if p.retry > 0 {
		c.Header("Retry-After", strconv.Itoa(int(math.Ceil(p.retry.Seconds()))))
	}
}

// page wraps a handler whose errors are pages.
func (h *Handlers) page(handler func(*gin.Context) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := handler(c); err != nil {
			h.answerPage(c, err)
		}
	}
}

// api wraps a handler whose errors are JSON.
func (h *Handlers) api(handler func(*gin.Context) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := handler(c); err != nil {
			h.answerJSON(c, err)
		}
	}
}

// answerPage answers an error with a page, or with JSON to whoever would not
// show a page.
func (h *Handlers) answerPage(c *gin.Context, err error) {
	if errors.Is(err, errSignInNeeded) && !isNavigation(c.Request) {
		h.answerJSON(c, err)
		return
	}
	p := problemOf(err)
	h.logProblem(c, p, err)
	if c.Writer.Written() {
		return
	}
	noStore(c)
	p.setRetryAfter(c)
	if p.action == toSame {
		p.action.Href = auth.LocalPath(c.Request.URL.RequestURI())
	}
	if p.action.Href == "/" && c.Request.URL.Path == callbackPath {
		p.action = toSignIn // the answer to a sign-in cannot be asked for again
	}
	if err := h.renderProblem(c, p); err != nil {
		h.log(c, "render error page", err)
		lang := h.language(c)
		c.String(p.status, "%s\n\n%s\n\n%s\n", p.title(lang), p.text(lang), requestID(c))
	}
}

// answerJSON answers an error as JSON.
func (h *Handlers) answerJSON(c *gin.Context, err error) {
	p := problemOf(err)
	h.logProblem(c, p, err)
	if c.Writer.Written() {
		return
	}
	noStore(c)
	p.setRetryAfter(c)
	lang := h.language(c)
	writtenIn(c, lang)
	c.JSON(p.status, gin.H{"error": gin.H{"code": p.code, "message": p.title(lang) + ". " + p.text(lang)}, "request_id": requestID(c)})
}
