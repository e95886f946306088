package qlik

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
)

// Select brings the app to a state before data are read: a bookmark, "" for
// none, and then values in fields. It returns the fields in which nothing could
// be selected. Nobody's browser sees it: this engine session is our own.
func (e *Engine) Select(ctx context.Context, bookmark string, fields map[string][]string) (lost []string, err error) {
	s, err := e.withData(ctx)
	if err != nil {
		return nil, err
	}
	if bookmark != "" {
		var answer struct {
			Success bool `json:"qSuccess"`
		}
		if err := s.call(ctx, s.doc, "ApplyBookmark", []any{bookmark}, &answer); err != nil && StatusOf(err) == 0 {
			return nil, fmt.Errorf("apply bookmark: %w", err)
		} else if err != nil || !answer.Success {
			lost = append(lost, "")
		}
	}
	for name, values := range fields {
		selected, err := s.selectValues(ctx, name, values)
		if err != nil && StatusOf(err) == 0 {
			return nil, fmt.Errorf("select values: %w", err)
		}
		if err != nil || !selected {
			lost = append(lost, name)
		}
	}
	return lost, nil
}

func (s *engineSession) selectValues(ctx context.Context, name string, values []string) (bool, error) {
	var field returnedHandle
	if err := s.call(ctx, s.doc, "GetField", []any{name}, &field); err != nil {
		return false, err
	}
	// By number first: fields with numbers may show them formatted. Dates and
	// formatted numbers are known by their text only.
	for _, byNumber := range []bool{true, false} {
		var answer struct {
			Return bool `json:"qReturn"`
		}
		if err := s.call(ctx, field.Return.Handle, "SelectValues", []any{fieldValues(values, byNumber), false, false}, &answer); err != nil {
			return false, err
		}
		if answer.Return {
			return true, nil
		}
	}
	return false, nil
}

// decimal is what people write as a number. Languages take more for one, each
// something else, and a code such as 0x10 is none. The browser's side of it is
// in static/js/app-state.js.
var decimal = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`)

func fieldValues(values []string, byNumber bool) []map[string]any {
	all := make([]map[string]any, 0, len(values))
	for _, text := range values {
		value := map[string]any{"qText": text}
		if number, err := strconv.ParseFloat(text, 64); byNumber && err == nil && decimal.MatchString(text) {
			value["qIsNumeric"], value["qNumber"] = true, number
		}
		all = append(all, value)
	}
	return all
}
