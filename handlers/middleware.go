package handlers

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"net/http"
	"runtime/debug"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
)

const (
	requestIDHeader = "X-Request-Id"
	policyHeader    = "Content-Security-Policy"
	nonceKey        = "csp nonce"
)

// requestID names the request in the log and on error pages.
func requestID(c *gin.Context) string { return c.Writer.Header().Get(requestIDHeader) }

// cspNonce is what marks this response's own scripts and styles.
func cspNonce(c *gin.Context) string {
	if nonce := c.GetString(nonceKey); nonce != "" {
		return nonce
	}
	var b [16]byte
	_, _ = rand.Read(b[:])
	nonce := base64.RawURLEncoding.EncodeToString(b[:])
	c.Set(nonceKey, nonce)
	return nonce
}

// nameRequest gives the request an ID of ours: one that came with it could be
// anything.
func nameRequest(c *gin.Context) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], mathrand.Uint64()) //nolint:gosec // nobody gains by guessing it
	c.Writer.Header()[requestIDHeader] = []string{hex.EncodeToString(b[:])}
}

// logRequest writes one line per request. The path is logged, the query never:
// codes and states pass through it.
func (h *Handlers) logRequest(c *gin.Context) {
	start := h.Now()
	c.Next()
	took := h.Now().Sub(start)
	route := c.FullPath()
	if route == "" {
		route = "unknown"
	}
	h.metrics.observe(route, c.Request.Method, c.Writer.Status(), took)
	level := slog.LevelInfo
	if quiet(route) && c.Writer.Status() < http.StatusBadRequest {
		level = slog.LevelDebug
	}
	if !h.Logger.Enabled(c.Request.Context(), level) {
		return
	}
	h.Logger.LogAttrs(c.Request.Context(), level, "request",
		slog.String("method", c.Request.Method), slog.String("path", c.Request.URL.Path),
		slog.Int("status", c.Writer.Status()), slog.Duration("took", took),
		slog.Int("bytes", max(c.Writer.Size(), 0)), slog.String("request_id", requestID(c)))
}

// quiet routes are asked all the time, by machines and by pages on their own:
// one sheet makes hundreds of requests to the relay. A sign-in is told of when
// the browser comes back. Their faults are logged.
func quiet(route string) bool {
	switch route {
	case "/healthz", "/readyz", "/metrics", loginStart, sessionPath, "/static/*path", relayPrefix + "/*path":
		return true
	}
	return false
}

func (h *Handlers) log(c *gin.Context, doing string, err error) {
	h.Logger.WarnContext(c.Request.Context(), doing, "error", err.Error(), "request_id", requestID(c))
}

// logProblem writes the cause of an answer: loudly when it is ours to mend.
func (h *Handlers) logProblem(c *gin.Context, p problem, err error) {
	level := slog.LevelInfo
	if p.status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	h.Logger.Log(c.Request.Context(), level, "refused", "status", p.status, "code", p.code,
		"error", err.Error(), "path", c.Request.URL.Path, "request_id", requestID(c))
}

// recoverPanic turns a bug into an error page. http.ErrAbortHandler is the
// relay's way to cut a broken answer short, and goes on.
func (h *Handlers) recoverPanic(c *gin.Context) {
	defer func() {
		fault := recover()
		if fault == nil {
			return
		}
		if err, ok := fault.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(fault)
		}
		h.Logger.ErrorContext(context.WithoutCancel(c.Request.Context()), "panic",
			"fault", fmt.Sprint(fault), "stack", string(debug.Stack()), "request_id", requestID(c))
		h.answerPage(c, errRecovered)
		c.Abort()
	}()
	c.Next()
}

// fixed are headers with their values, which nobody may write into.
type fixed []struct {
	name  string
	value []string
}

func (f fixed) setOn(header http.Header) {
	for _, h := range f {
		header[h.name] = h.value
	}
}

var (
	// nothingAllowed is the policy of what is no page; a page has its own, see
	// [Handlers.newBasePage].
	nothingAllowed = []string{"default-src 'none'; frame-ancestors 'none'"}
	// dataHeaders are those of an answer that can never be a page.
	dataHeaders = fixed{
		{policyHeader, nothingAllowed},
		{"Cross-Origin-Resource-Policy", []string{"same-origin"}},
		{"X-Content-Type-Options", []string{"nosniff"}},
	}
	pageHeaders = fixed{
		{policyHeader, nothingAllowed},
		{"Cross-Origin-Opener-Policy", []string{"same-origin"}},
		{"Cross-Origin-Resource-Policy", []string{"same-origin"}},
		{"Permissions-Policy", []string{"camera=(), geolocation=(), microphone=(), payment=(), usb=()"}},
		{"Referrer-Policy", []string{"same-origin"}},
		{"X-Content-Type-Options", []string{"nosniff"}},
		{"X-Frame-Options", []string{"DENY"}},
	}
	strictTransport = fixed{{"Strict-Transport-Security", []string{"max-age=31536000"}}}
)

// secureHeaders are those of every answer but the relayed ones, whose headers
// are the tenant's.
func (h *Handlers) secureHeaders(c *gin.Context) {
	header := c.Writer.Header()
	switch {
	case strings.HasPrefix(c.Request.URL.Path, relayPrefix+"/"):
		return
	case c.FullPath() == sessionPath: // every open page asks for it all the time
		dataHeaders.setOn(header)
	default:
		pageHeaders.setOn(header)
	}
	if h.secure {
		strictTransport.setOn(header)
	}
}

// guardOrigin refuses unsafe requests of other sites (our own forms carry no
// token: the browser tells where a request comes from).
func (h *Handlers) guardOrigin(answer func(*gin.Context, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := h.crossOrigin.Check(c.Request); err != nil {
			answer(c, errCrossOrigin)
			c.Abort()
		}
	}
}

// limitBody bounds what a form or a JSON of ours may bring.
func limitBody(c *gin.Context) {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, 64<<10)
}

// redirect sends the browser on, without the page for people that the library
// writes along: nobody has seen one for decades, and it costs more than all else.
func redirect(c *gin.Context, status int, address string) {
	for i := range len(address) {
		if address[i] >= utf8.RuneSelf {
			c.Redirect(status, address) // which encodes it
			return
		}
	}
	c.Header("Location", address)
	c.Status(status)
	c.Writer.WriteHeaderNow()
}

func noStore(c *gin.Context) { c.Header("Cache-Control", "no-store") }

// redirectedParam marks an address that oneHost has redirected to.
const redirectedParam = "other-host"

// oneHost redirects a browser that came by another name of this machine to the
// one that the redirect URI has: cookies set here would be missing there. It
// acts in the demo only; elsewhere a front may have changed the name. A browser
// that arrives with another name again came through such a front.
func (h *Handlers) oneHost(c *gin.Context) {
	public := strings.TrimPrefix(h.PublicURL, "http://")
	if h.Demo == nil || h.secure || c.Request.Host == public || !isNavigation(c.Request) {
		return
	}
	name, _, _ := strings.Cut(c.Request.Host, ":")
	if name != "127.0.0.1" && name != "localhost" && !strings.HasPrefix(c.Request.Host, "[::1]") {
		return
	}
	c.Abort()
	if c.Request.URL.Query().Has(redirectedParam) {
		h.answerPage(c, errOtherHost)
		return
	}
	separator := "?"
	if c.Request.URL.RawQuery != "" {
		separator = "&"
	}
	c.Redirect(http.StatusFound, h.PublicURL+c.Request.URL.RequestURI()+separator+redirectedParam)
}
