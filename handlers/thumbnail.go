package handlers

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"
)

// thumbnailLimit is more than any picture of a card has.
const thumbnailLimit = 2 << 20

// nothing is a picture of nothing, in the shape of a thumbnail.
const nothing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 10"/>`

// thumbnail answers the picture of an app, and a picture of nothing where the
// tenant has none: its catalogue promises one for every app, and a broken
// image is worse than the pattern behind it.
func (h *Handlers) thumbnail(c *gin.Context) error {
	path := relayPrefix + "/api/v1/apps/" + url.PathEscape(c.Param("appId")) + "/media/thumbnail"
	r, err := http.NewRequestWithContext(c.Request.Context(), http.MethodGet, path, nil)
	if err != nil {
		return errNotFound // an ID that is no part of an address
	}
	r.Header.Set("Accept", "image/*")
	var answer picture
	answer.read(h.Proxy, r)
	c.Header("Vary", "Cookie")
	if !answer.shown() {
		// Not for long: the tenant may have been away only.
		c.Header("Cache-Control", "private, max-age=60")
		c.Data(http.StatusOK, "image/svg+xml", []byte(nothing))
		return nil
	}
	c.Header("Cache-Control", "private, max-age=3600")
	c.Data(http.StatusOK, answer.kind(), answer.body.Bytes())
	return nil
}

// picture is an answer that is kept, up to a limit.
type picture struct {
	header http.Header
	status int
	body   bytes.Buffer
	cut    bool
}

// read keeps the answer to r. One that the tenant breaks off is cut.
func (p *picture) read(from http.Handler, r *http.Request) {
	defer func() {
		if err, _ := recover().(error); err != nil {
			if !errors.Is(err, http.ErrAbortHandler) {
				panic(err)
			}
			p.cut = true
		}
	}()
	from.ServeHTTP(p, r)
}

func (p *picture) Header() http.Header {
	if p.header == nil {
		p.header = http.Header{}
	}
	return p.header
}

func (p *picture) WriteHeader(status int) {
	if status >= http.StatusOK {
		p.status = status
	}
}

func (p *picture) Write(b []byte) (int, error) {
	if p.status == 0 {
		p.status = http.StatusOK
	}
	if p.body.Len()+len(b) > thumbnailLimit {
		p.cut = true
		return len(b), nil
	}
	return p.body.Write(b)
}

// kind is the picture's type: what it is called, or what it looks like where
// the tenant only says that it is bytes.
func (p *picture) kind() string {
	kind, _, _ := strings.Cut(p.Header().Get("Content-Type"), ";")
	if strings.HasPrefix(kind, "image/") {
		return kind
	}
	return http.DetectContentType(p.body.Bytes())
}

// shown reports whether this is a picture that cannot do anything: an SVG
// could bring scripts onto our origin.
func (p *picture) shown() bool {
	switch p.kind() {
	case "image/png", "image/jpeg", "image/webp", "image/gif", "image/avif":
		return p.status == http.StatusOK && !p.cut && p.Header().Get("Content-Encoding") == ""
	}
	return false
}
