package demo

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
)

// apiError is one refusal in the form of Qlik Cloud.
type apiError struct {
	status              int
	code, title, detail string
	retryAfter          int // seconds; only with 429
}

type errorBody struct {
	Errors  []errorEntry `json:"errors"`
	TraceID string       `json:"traceId"`
}

type errorEntry struct {
	Code   string `json:"code"`
	Title  string `json:"title"`
	Detail string `json:"detail,omitempty"`
	Status string `json:"status,omitempty"`
}

var (
	errUnauthorized = apiError{status: http.StatusUnauthorized, code: "HTTP-401", title: "Unauthorized"}
	errForbidden    = apiError{status: http.StatusForbidden, code: "HTTP-403", title: "Forbidden"}
	errNotFound     = apiError{status: http.StatusNotFound, code: "HTTP-404", title: "Not found"}
	errDisabledUser = apiError{status: http.StatusForbidden, code: "AUTH-5", title: "User is not a member of tenant"}
	errOrigin       = apiError{status: http.StatusForbidden, code: "OAUTH-29", title: "Invalid Origin Header"}
)

func badRequest(detail string) apiError {
	return apiError{status: http.StatusBadRequest, code: "HTTP-400", title: "Bad request", detail: detail}
}

// traceHeader goes out with every answer; error bodies repeat its value.
const traceHeader = "X-B3-Traceid"

func fail(w http.ResponseWriter, e apiError) {
	if e.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(e.retryAfter))
	}
	trace := w.Header().Get(traceHeader)
	if trace == "" {
		trace = randomHex(16)
	}
	writeJSON(w, e.status, errorBody{
		Errors:  []errorEntry{{Code: e.code, Title: e.title, Detail: e.detail, Status: strconv.Itoa(e.status)}},
		TraceID: trace,
	})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if w.Header().Get("Cache-Control") == "" {
		w.Header().Set("Cache-Control", "no-store")
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may have left; there is nobody to tell
}

func randomHex(bytes int) string {
	b := make([]byte, bytes)
	rand.Read(b) // never fails, crypto/rand ends the program instead
	return hex.EncodeToString(b)
}
