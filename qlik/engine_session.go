package qlik

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/coder/websocket"
)

const (
	// engineFrameLimit bounds one answer: the sheet list of a large app, with
	// all its cells, is about 1 MiB.
	engineFrameLimit = 16 << 20
	// engineCallLimit bounds one call where the caller's context sets no
	// earlier end. Opening a large app with data takes its time.
	engineCallLimit = 60 * time.Second
)

// engineSession is one socket with the app open. Requests and answers alternate.
type engineSession struct {
	conn *websocket.Conn
	last int // id of the last request
	doc  int // handle of the app
}

// openEngineSession dials the engine and opens the app.
func (c *Client) openEngineSession(ctx context.Context, accessToken, appID string, noData bool) (*engineSession, error) {
	ctx, cancel := context.WithTimeout(ctx, engineCallLimit)
	defer cancel()
	conn, resp, err := websocket.Dial(ctx, c.engineURL(appID), &websocket.DialOptions{
		HTTPClient: c.http,
		// No Origin: the tenant compares it with its list of web integrations,
		// and a server is none.
		HTTPHeader: http.Header{"Authorization": {"Bearer " + accessToken}},
	})
	if err != nil {
		return nil, dialError(resp, err)
	}
	conn.SetReadLimit(engineFrameLimit)
	s := &engineSession{conn: conn}
	var answer returnedHandle
	if err := s.call(ctx, -1, "OpenDoc", []any{appID, "", "", "", noData}, &answer); err != nil {
		s.close()
		return nil, err
	}
	s.doc = answer.Return.Handle
	return s, nil
}

// engineURL is the address of a session that nobody else joins.
func (c *Client) engineURL(appID string) string {
	scheme := "wss"
	if c.base.Scheme == "http" {
		scheme = "ws"
	}
	// Qlik's own library always sends reloadUri.
	reload := scheme + "://" + c.base.Host + "/sense/app/" + url.PathEscape(appID)
	return scheme + "://" + c.base.Host + "/app/" + url.PathEscape(appID) + "/identity/vitrine-" + rand.Text() +
		"?reloadUri=" + url.QueryEscape(reload)
}

// dialError turns a refused upgrade into what the tenant said.
func dialError(resp *http.Response, err error) error {
	if resp == nil || resp.StatusCode == http.StatusSwitchingProtocols || resp.StatusCode < 300 {
		return fmt.Errorf("%w: dial engine: %w", ErrUnreachable, withoutURL(err))
	}
	var body []byte
	if resp.Body != nil {
		body, _ = io.ReadAll(io.LimitReader(resp.Body, answerLimit))
	}
	return errorFrom(resp.StatusCode, resp.Header, body)
}

// close says goodbye in the background: a page need not wait for the tenant.
func (s *engineSession) close() {
	go s.conn.Close(websocket.StatusNormalClosure, "")
}

type returnedHandle struct {
	Return struct {
		Handle int    `json:"qHandle"`
		Type   string `json:"qType"`
	} `json:"qReturn"`
}

type engineFrame struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Code      int    `json:"code"`
		Parameter string `json:"parameter"`
		Message   string `json:"message"`
	} `json:"error"`
	Params struct {
		SessionState string `json:"qSessionState"`
	} `json:"params"`
}

// call sends one request and reads until its answer. Notifications in between
// are passed over, unless one says that there will be no answer.
func (s *engineSession) call(ctx context.Context, handle int, method string, params []any, out any) error {
	ctx, cancel := context.WithTimeout(ctx, engineCallLimit)
	defer cancel()
	s.last++
	// Without "delta" the engine answers in full instead of in patches.
	raw, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": s.last, "handle": handle, "method": method, "params": params})
	if err != nil {
		return fmt.Errorf("encode %s: %w", method, err)
	}
	writeErr := s.conn.Write(ctx, websocket.MessageText, raw)
	for {
		// Read even when the write failed: the tenant may have closed with a reason.
		_, raw, err := s.conn.Read(ctx)
		if err != nil {
			return socketError(method, errors.Join(err, writeErr))
		}
		var f engineFrame
		if err := json.Unmarshal(raw, &f); err != nil {
			return fmt.Errorf("%w: %s answered something that is not JSON-RPC", ErrUnreachable, method)
		}
		switch {
		case f.Method == "OnConnected" && f.Params.SessionState != "SESSION_CREATED" && f.Params.SessionState != "SESSION_ATTACHED":
			return sessionStateError(f.Params.SessionState)
		case f.ID != s.last:
			continue
		case f.Error != nil:
			return fmt.Errorf("%s: %w", method, qixError(f.Error.Code, f.Error.Message, f.Error.Parameter))
		}
		if out == nil {
			return nil
		}
		if err := json.Unmarshal(f.Result, out); err != nil {
			return fmt.Errorf("%w: %s answered something that is not its JSON", ErrUnreachable, method)
		}
		return nil
	}
}

// list makes a session object that lists the app's objects of one type.
func (s *engineSession) list(ctx context.Context, id, kind string, data map[string]any) ([]listItem, error) {
	var created returnedHandle
	definition := map[string]any{"qInfo": map[string]any{"qType": id}, "qAppObjectListDef": map[string]any{"qType": kind, "qData": data}}
	if err := s.call(ctx, s.doc, "CreateSessionObject", []any{definition}, &created); err != nil {
		return nil, err
	}
	var answer struct {
		Layout struct {
			List struct {
				Items []listItem `json:"qItems"`
			} `json:"qAppObjectList"`
		} `json:"qLayout"`
	}
	if err := s.call(ctx, created.Return.Handle, "GetLayout", []any{}, &answer); err != nil {
		return nil, err
	}
	return answer.Layout.List.Items, nil
}

// The engine's own error codes that mean something to a person.
const (
	qixNotFound     = 2
	qixAccessDenied = 5
	qixAppNotFound  = 1003
)

// qixError gives an engine's refusal the status that the same refusal has in
// the REST API, so that callers need one rule for both.
func qixError(code int, message, parameter string) *Error {
	status := http.StatusBadGateway
	switch {
	case code == qixNotFound, code == qixAppNotFound:
		status = http.StatusNotFound
	case code == qixAccessDenied:
		status = http.StatusForbidden
	case code >= 400 && code < 600:
		status = code // some engine errors are HTTP's
	}
	return &Error{Status: status, Code: "QIX-" + strconv.Itoa(code), Title: limit(message), Detail: limit(parameter)}
}

func sessionStateError(state string) *Error {
	status := http.StatusServiceUnavailable
	switch state {
	case "SESSION_ERROR_APP_ACCESS_DENIED", "SESSION_ERROR_NO_LICENSE", "SESSION_ERROR_SECURITY_HEADER_CHANGED":
		status = http.StatusForbidden
	}
	return &Error{Status: status, Code: limit(state), Title: "The engine refused the session"}
}

// closeStatus is what the engine's close codes mean in terms of HTTP.
var closeStatus = map[websocket.StatusCode]int{
	4005: http.StatusTooManyRequests, // session limit
	4006: http.StatusUnauthorized,
	4202: http.StatusBadRequest,
	4203: http.StatusForbidden,
	4204: http.StatusNotFound,
	4205: http.StatusTooManyRequests,
	4230: http.StatusTooManyRequests, // too many open apps
	4240: http.StatusServiceUnavailable,
}

func socketError(method string, err error) error {
	var closed websocket.CloseError
	status, known := closeStatus[websocket.CloseStatus(err)]
	if !known || !errors.As(err, &closed) {
		return fmt.Errorf("%w: %s: %w", ErrUnreachable, method, err)
	}
	var reason struct {
		Code    string `json:"code"`
		TraceID string `json:"traceId"`
	}
	_ = json.Unmarshal([]byte(closed.Reason), &reason) // not always JSON; the status speaks then
	code := reason.Code
	if code == "" {
		code = "close-" + strconv.Itoa(int(closed.Code))
	}
	return &Error{Status: status, Code: limit(code), Title: "The engine closed the connection", TraceID: limit(reason.TraceID)}
}
