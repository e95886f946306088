package wire

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"vitrine/demo/state"
)

// Error is an error answer in the form of Qlik Cloud.
type Error struct {
	Status              int
	Code, Title, Detail string
	RetryAfter          int // seconds; only with 429
}

// Error implements error.
func (e Error) Error() string {
	text := strconv.Itoa(e.Status) + " " + e.Code + " " + e.Title
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	return text
}

// Endpoint is a REST endpoint for an authenticated caller. Its error is answered
// in Qlik's form.
type Endpoint func(w http.ResponseWriter, r *http.Request, caller *state.Caller) error

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

// Errors of many endpoints.
var (
	ErrUnauthorized = Error{Status: http.StatusUnauthorized, Code: "HTTP-401", Title: "Unauthorized"}
	ErrForbidden    = Error{Status: http.StatusForbidden, Code: "HTTP-403", Title: "Forbidden"}
	ErrNotFound     = Error{Status: http.StatusNotFound, Code: "HTTP-404", Title: "Not found"}
	ErrInternal     = Error{Status: http.StatusInternalServerError, Code: "HTTP-500", Title: "Internal server error"}
	ErrDisabledUser = Error{Status: http.StatusForbidden, Code: "AUTH-5", Title: "User is not a member of tenant"}
	ErrOrigin       = Error{Status: http.StatusForbidden, Code: "OAUTH-29", Title: "Invalid Origin Header"}
)

// BadRequest is a 400 with a detail.
func BadRequest(detail string) Error {
	return Error{Status: http.StatusBadRequest, Code: "HTTP-400", Title: "Bad request", Detail: detail}
}

// Conflict is a 409 with a detail.
func Conflict(detail string) Error {
	return Error{Status: http.StatusConflict, Code: "HTTP-409", Title: "Conflict", Detail: detail}
}

// TooManyRequests is a 429 that names how long to wait.
func TooManyRequests(seconds int) Error {
	return Error{
		Status: http.StatusTooManyRequests, Code: "HTTP-429", Title: "API rate limit reached.",
		Detail: "You need to wait " + strconv.Itoa(seconds) + " seconds until limit is lifted.", RetryAfter: seconds,
	}
}

// TraceHeader goes out with every answer; error bodies repeat its value.
const TraceHeader = "X-B3-Traceid"

// Fail answers with the error: an Error as it is, an unknown record with 404,
// anything else with 500.
func Fail(w http.ResponseWriter, err error) {
	var e Error
	switch {
	case errors.As(err, &e):
	case errors.Is(err, state.ErrNoRecord):
		e = ErrNotFound
	default:
		e = ErrInternal
	}
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(e.RetryAfter))
	}
	trace := w.Header().Get(TraceHeader)
	if trace == "" {
		trace = state.RandomHex(16)
	}
	WriteJSON(w, e.Status, errorBody{
		Errors:  []errorEntry{{Code: e.Code, Title: e.Title, Detail: e.Detail, Status: strconv.Itoa(e.Status)}},
		TraceID: trace,
	})
}

// WriteJSON answers with a JSON body, by default not to be stored.
func WriteJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if w.Header().Get("Cache-Control") == "" {
		w.Header().Set("Cache-Control", "no-store")
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may have left
}

// Traced gives every answer a trace ID, which error bodies repeat.
func Traced(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(TraceHeader, state.RandomHex(16))
		next.ServeHTTP(w, r)
	})
}

// Fixed answers one JSON value to every caller.
func Fixed(body any) Endpoint {
	return func(w http.ResponseWriter, _ *http.Request, _ *state.Caller) error {
		WriteJSON(w, http.StatusOK, body)
		return nil
	}
}
