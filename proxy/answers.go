package proxy

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strconv"

	"vitrine/proxy/tenantpath"
)

// fault is an error in Qlik's form, which its libraries read.
type fault struct {
	Code   string `json:"code"`
	Title  string `json:"title"`
	Detail string `json:"detail,omitempty"`
	Status string `json:"status"`
}

// WriteError answers in Qlik's form, which its libraries read:
// {"errors":[{"code","title","status"}],"traceId"}. An empty traceID is that of
// the request, where it has one, or made up.
func WriteError(w http.ResponseWriter, status int, code, title, traceID string) {
	writeFault(w, status, fault{Code: code, Title: title}, traceID)
}

func writeFault(w http.ResponseWriter, status int, f fault, traceID string) {
	h := w.Header()
	if traceID == "" {
		traceID = h.Get("X-Request-Id")
	}
	if traceID == "" {
		var b [16]byte
		_, _ = rand.Read(b[:])
		traceID = hex.EncodeToString(b[:])
	}
	f.Status = strconv.Itoa(status)
	body, _ := json.Marshal(struct {
		Errors  []fault `json:"errors"`
		TraceID string  `json:"traceId"`
	}{[]fault{f}, traceID})
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

// standIn answers for a tenant that cannot be asked now.
func (x *exchange) standIn(status int, f fault) {
	if x.path.String() == tenantpath.ProductInfo {
		x.Header().Del("Retry-After") // it is an answer
		WriteProductInfo(x)
		return
	}
	x.answerFault(status, f)
}

// refuse answers for us.
func (x *exchange) refuse(status int, title string) { x.answerFault(status, fault{Title: title}) }

func (x *exchange) answerFault(status int, f fault) {
	x.closeAfterUpgrade()
	f.Code = "HTTP-" + strconv.Itoa(status)
	if x.relay.Title != nil {
		f.Title = x.relay.Title(http.Header{"Cookie": x.cookies, "Accept-Language": x.languages}, x.session, f.Title)
	}
	writeFault(x, status, f, "")
}
