package handlers

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"vitrine/proxy/tenantpath"
)

const (
	// publicFileLimit bounds a file that is kept; Qlik's main.js is smaller by far.
	publicFileLimit   = 8 << 20
	publicFileTimeout = 10 * time.Second
)

// publicFiles are the two files of the tenant that need no session, as strangers
// get them: all requests of a second share one answer, whatever their query.
type publicFiles struct{ mainJS, productInfo shared[*publicFile] }

// publicFile is an answer of the relay, which writes to it as to a
// http.ResponseWriter.
type publicFile struct {
	status int // 0 if there is no whole answer
	header http.Header
	body   bytes.Buffer
}

func (f *publicFile) Header() http.Header { return f.header }

func (f *publicFile) WriteHeader(status int) {
	if f.status == 0 && status >= http.StatusOK {
		f.status, f.header = status, f.header.Clone()
	}
}

func (f *publicFile) Write(p []byte) (int, error) {
	f.WriteHeader(http.StatusOK)
	if f.body.Len()+len(p) > publicFileLimit {
		return 0, errors.New("public file of the tenant is too large")
	}
	return f.body.Write(p)
}

// servePublicFile answers a request of a stranger for a public file.
func (h *Handlers) servePublicFile(c *gin.Context, path tenantpath.Path) {
	answer := &h.publicFiles.mainJS
	if path.String() == tenantpath.ProductInfo {
		answer = &h.publicFiles.productInfo
	}
	file := answer.get(func() *publicFile { return h.fetchPublicFile(context.WithoutCancel(c.Request.Context()), path) })
	if file.status == 0 {
		refuseRelay(c, http.StatusBadGateway, h.language(c).Text("relay.The tenant did not answer with a whole file"))
		return
	}
	maps.Copy(c.Writer.Header(), file.header)
	if file.status == http.StatusOK {
		http.ServeContent(c.Writer, c.Request, "", time.Time{}, bytes.NewReader(file.body.Bytes()))
		return
	}
	c.Status(file.status)
	_, _ = c.Writer.Write(file.body.Bytes())
}

// fetchPublicFile sends the relay a request that has nothing of a stranger's.
func (h *Handlers) fetchPublicFile(ctx context.Context, path tenantpath.Path) (file *publicFile) {
	ctx, cancel := context.WithTimeout(ctx, publicFileTimeout)
	defer cancel()
	file = &publicFile{header: http.Header{}}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, relayPrefix+path.String(), http.NoBody)
	if err != nil {
		return file
	}
	r.RequestURI = r.URL.Path
	defer func() {
		// The relay's way to cut an answer short: a part of a file is none.
		if fault := recover(); fault != nil {
			if fault != http.ErrAbortHandler { //nolint:errorlint // the very value
				panic(fault)
			}
			file.status = 0
		}
	}()
	r.Header.Set("Accept-Encoding", "identity")
	h.Proxy.Relay(file, r, path, nil)
	delete(file.header, "Content-Length")
	delete(file.header, requestIDHeader)
	return file
}
