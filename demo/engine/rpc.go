package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"vitrine/demo/engine/cube"
	"vitrine/demo/engine/model"
)

// Error codes: JSON-RPC's own, then the engine's.
const (
	codeParse          = -32700
	codeInvalidRequest = -32600
	codeMethodNotFound = -32601
	codeInvalidParams  = -32602
	codeInternal       = -32603

	codeNotFound     = 2
	codeExists       = 3
	codeInvalidPath  = 4
	codeAccessDenied = 5
	codeAppNotFound  = 1003
	codeOtherMode    = 1009
	codeTooLarge     = 6000
	codeModal        = 6003
)

type request struct {
	ID     json.RawMessage `json:"id"`
	Handle int             `json:"handle"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

func (r request) id() json.RawMessage {
	if len(r.ID) == 0 {
		return json.RawMessage("null")
	}
	return r.ID
}

// response is an answer, or without an ID a notification.
type response struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  any             `json:"params,omitempty"`
	Result  any             `json:"result,omitempty"`
	Error   *rpcError       `json:"error,omitempty"`
	Change  []int           `json:"change,omitempty"`
	Close   []int           `json:"close,omitempty"`
}

func onConnected(state string) response {
	return response{Version: "2.0", Method: "OnConnected", Params: object{"qSessionState": state}}
}

// object and list shorten the many JSON literals.
type (
	object = model.Object
	list   = model.List
)

type rpcError struct {
	Code      int    `json:"code"`
	Parameter string `json:"parameter"`
	Message   string `json:"message"`
}

func (e *rpcError) Error() string { return fmt.Sprintf("%s (%d) %s", e.Message, e.Code, e.Parameter) }

// errObjectNotFound has this very code and text because the selection bar
// creates its lists only after them.
var errObjectNotFound = &rpcError{codeNotFound, "Object not found", "Object not found"}

func asRPCError(err error) *rpcError {
	var e *rpcError
	if errors.As(err, &e) {
		return e
	}
	if errors.Is(err, cube.ErrTooLarge) {
		return &rpcError{codeTooLarge, "", "Result too large"}
	}
	return &rpcError{codeInternal, "", err.Error()}
}

func invalid(parameter string) error {
	return &rpcError{codeInvalidParams, parameter, "Invalid Params"}
}

func encode(r response) []byte {
	if r.Result == nil && r.Error == nil && r.ID != nil {
		r.Result = object{}
	}
	out, err := json.Marshal(r)
	if err != nil { // a value JSON cannot express, such as an infinite number
		out, _ = json.Marshal(response{Version: "2.0", ID: r.ID, Error: &rpcError{codeInternal, "", "answer cannot be encoded"}})
	}
	return out
}

// method is one QIX method, its parameters still in JSON.
type method func(c *call, params json.RawMessage) (any, error)

// on makes a method of a function whose parameters are a struct: its JSON names
// are the names of the protocol, and their order is the order of positional
// parameters. Parameters of a wrong type are an error before the function runs.
func on[P any](run func(c *call, p P) (any, error)) method {
	var names []string
	for i, t := 0, reflect.TypeFor[P](); i < t.NumField(); i++ {
		names = append(names, t.Field(i).Tag.Get("json"))
	}
	return func(c *call, raw json.RawMessage) (any, error) {
		var p P
		if err := decodeParams(raw, names, &p); err != nil {
			return nil, err
		}
		return run(c, p)
	}
}

type none struct{} // the parameters of methods without any

func decodeParams(raw json.RawMessage, names []string, into any) error {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return nil
	}
	if raw[0] == '[' {
		var given []json.RawMessage
		if err := json.Unmarshal(raw, &given); err != nil {
			return invalid("params")
		}
		named := make(map[string]json.RawMessage, len(names))
		for i, value := range given[:min(len(given), len(names))] {
			named[names[i]] = value
		}
		raw, _ = json.Marshal(named) // raw messages that were just parsed
	}
	if err := json.Unmarshal(raw, into); err != nil {
		var wrongType *json.UnmarshalTypeError
		if errors.As(err, &wrongType) {
			return invalid(wrongType.Field)
		}
		return invalid("params")
	}
	return nil
}
