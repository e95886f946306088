package handlers

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"vitrine/auth"
	"vitrine/qlik"
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

// problem is what a person is told of an error: never its cause.
type problem struct {
	err    error
	status int
	code   string // for JSON
	title  string
	text   string
	action action
	retry  time.Duration
}

// action is the one next step a page of a problem offers.
type action struct{ Label, Href string }

var (
	toSignIn = action{"Sign in", "/login"}
	toHome   = action{"Go to your apps", "/"}
	toSame   = action{"Try again", ""} // the page itself
)

// problems maps errors to what the browser is told. The first match wins;
// anything else is the last row.
var problems = []problem{
	{err: auth.ErrStore, status: 503, code: "store_unavailable", title: "Sessions cannot be reached right now",
		text: "Nobody has been signed out. The place where sessions are kept does not answer; this usually passes within a minute.", action: toSame, retry: 2 * time.Second},
	{err: auth.ErrInvalidRequest, status: 400, code: "invalid_request", title: "This sign-in cannot be completed",
		text: "The link is old, was used before, or was meant for another browser. Start again, and you will be signed in.", action: toSignIn},
	{err: auth.ErrAccessDenied, status: 403, code: "access_denied", title: "You were not signed in",
		text: "You, or the tenant, declined the request. Sign in again, or ask an administrator of the tenant whether your account may use it.", action: toSignIn},
	{err: auth.ErrNoSession, status: 401, code: "sign_in_needed", title: "You are not signed in",
		text: "Your session has ended. Sign in again and you come back to where you were.", action: toSignIn},
	{err: errSignInLoops, status: 401, code: "sign_in_loops", title: "Signing in does not hold",
		text: "You signed in three times within a minute, and each time your browser came back without its session. Check that cookies are allowed for this address, that you opened it by its usual name, and that the clock of your device is right. If it stays, give your administrator the request ID.", action: toSignIn},
	{err: errSignInNeeded, status: 401, code: "sign_in_needed", title: "You are not signed in",
		text: "Sign in to go on.", action: toSignIn},
	{err: auth.ErrTenant, status: 502, code: "tenant_unavailable", title: "The tenant did not answer as it should",
		text: "Qlik could not be reached, or answered something unexpected. Nothing on your side is wrong; try again in a moment.", action: toSame},
	{err: errSheetNotFound, status: 404, code: "sheet_not_found", title: "This sheet does not exist, or is not yours to open",
		text: "It may have been removed, or it is private to somebody else. The app's other sheets are still there.", action: toHome},
	{err: errNoAssistants, status: 404, code: "no_assistants", title: "This tenant has no assistant",
		text: "None that you may talk to, at least. Assistants are made in Qlik, where the tenant's licence has them; an administrator of the tenant can tell. Sheets need none.", action: toHome},
	{err: errNotThatOne, status: 404, code: "assistant_not_found", title: "This assistant does not exist, or is not yours to talk to",
		text: "It may have been removed. The ones you may talk to are listed on the page of every app.", action: toHome},
	{err: errAppNotFound, status: 404, code: "app_not_found", title: "This app does not exist, or is not yours to open",
		text: "It may have been removed or moved. If a colleague sent you the link, ask them to share the app's space with you.", action: toHome},
	{err: errAppNotAllowed, status: 403, code: "app_not_allowed", title: "This app is not yours to open",
		text: "You can ask its owner to share the app's space with you.", action: toHome},
	{err: errTooManyAtOnce, status: 429, code: "rate_limited", title: "Qlik asks for a short break",
		text: "The tenant limits how much one person may ask for in a minute. Wait a little, then try again.", action: toSame},
	{err: errRateLimited, status: 429, code: "too_many_requests", title: "Too many requests from your network",
		text: "This address has asked for this page too often in a few seconds. Wait a moment, then try again.", action: toSame},
	{err: errTenantSaysNoMe, status: 502, code: "tenant_refused", title: "The tenant no longer accepts your sign-in",
		text: "Sign out and in again to get a new one.", action: action{"Sign in again", "/login"}},
	{err: qlik.ErrUnreachable, status: 502, code: "tenant_unavailable", title: "The tenant did not answer as it should",
		text: "Qlik could not be reached, or answered something unexpected. Nothing on your side is wrong; try again in a moment.", action: toSame},
	{err: errCrossOrigin, status: 403, code: "cross_origin", title: "This request came from another site",
		text: "For your safety it was not carried out. Use the buttons on our own pages.", action: toHome},
	{err: errOtherHost, status: http.StatusMisdirectedRequest, code: "other_host", title: "Open the portal by its own address",
		text: "The portal has the address below. If you are there already, the server in front of it replaces the Host header: let it pass on the browser's, or set PUBLIC_URL to the address that you opened.", action: toHome},
	{err: errNoJWT, status: 404, code: "jwt_not_configured", title: "Signing in at the tenant by token is not set up",
		text: "An administrator sets QLIK_JWT_ISSUER, QLIK_JWT_KEY_ID and QLIK_JWT_PRIVATE_KEY; vitrine keygen jwt makes the key. Other ways to show the sheet need none of it.", action: toHome},
	{err: errBadInput, status: 400, code: "bad_input", title: "This address is not complete",
		text: "Something in it is missing or has the wrong form.", action: toHome},
	{err: errNotFound, status: 404, code: "not_found", title: "There is no such page",
		text: "The address may be misspelt, or the page has moved.", action: toHome},
	{err: errMethod, status: 405, code: "method_not_allowed", title: "This page does not work that way",
		text: "The address exists, but not for this kind of request.", action: toHome},
	{err: context.DeadlineExceeded, status: 504, code: "timeout", title: "This took too long",
		text: "Qlik did not answer in time. Try again in a moment.", action: toSame},
	{status: 500, code: "internal", title: "Something went wrong here",
		text: "It is our fault, not yours, and it has been written down. Try again; if it stays, tell your administrator the request ID below.", action: toSame},
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
		c.String(p.status, "%s\n\n%s\n\nRequest %s\n", p.title, p.text, requestID(c))
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
	c.JSON(p.status, gin.H{"error": gin.H{"code": p.code, "message": p.title + ". " + p.text}, "request_id": requestID(c)})
}
