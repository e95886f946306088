package proxy

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// WriteError answers in Qlik's form, which its libraries read:
// {"errors":[{"code","title","status"}],"traceId"}. An empty traceID is made up.
func WriteError(w http.ResponseWriter, status int, code, title, traceID string) {
	if traceID == "" {
		var b [16]byte
		_, _ = rand.Read(b[:])
		traceID = hex.EncodeToString(b[:])
	}
	type fault struct {
		Code   string `json:"code"`
		Title  string `json:"title"`
		Status string `json:"status"`
	}
	body, _ := json.Marshal(struct {
		Errors  []fault `json:"errors"`
		TraceID string  `json:"traceId"`
	}{[]fault{{code, title, strconv.Itoa(status)}}, traceID})
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// WriteProductInfo answers the library's first question ourselves, for when
// the tenant cannot be asked.
func WriteProductInfo(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = io.WriteString(w, productInfo)
}

func stringBody(s string) io.ReadCloser { return io.NopCloser(strings.NewReader(s)) }

// bufferPool lends the reverse proxy its copy buffers.
type bufferPool struct{ pool sync.Pool }

func newBufferPool() *bufferPool {
	return &bufferPool{sync.Pool{New: func() any { b := make([]byte, 32<<10); return &b }}}
}

func (p *bufferPool) Get() []byte  { return *p.pool.Get().(*[]byte) }
func (p *bufferPool) Put(b []byte) { p.pool.Put(&b) }
