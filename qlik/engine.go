package qlik

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Engine reads one app through the tenant's associative engine. It is safe for
// one goroutine at a time and holds sockets until Close.
//
// It runs under an identity of its own: the engine keeps selections per person,
// app and identity, so nothing done here is seen in the person's browser.
type Engine struct {
	open  func(ctx context.Context, noData bool) (*engineSession, error)
	quick *engineSession // opened without data, which spares the tenant loading the app
	full  *engineSession // with data; nil until something needs it
}

// AppLayout is what the engine says about the app itself.
type AppLayout struct {
	Title, Description string
	LastReload         time.Time // zero when never reloaded
}

// Sheet is one sheet of an app. A sheet that is neither published nor approved
// is private: only its owner is shown it.
type Sheet struct {
	ID, Title, Description       string
	Rank                         float64
	Private, Published, Approved bool
	Thumbnail                    string // a path on the tenant, or empty
	Columns, Rows                int    // the grid the cells stand on
	Cells                        []Cell
}

// Cell is one object on a sheet's grid.
type Cell struct {
	Name    string  `json:"name"` // the object's id
	Type    string  `json:"type"`
	Col     float64 `json:"col"`
	Row     float64 `json:"row"`
	Colspan float64 `json:"colspan"`
	Rowspan float64 `json:"rowspan"`
}

// OpenApp opens an app for reading on behalf of the token's owner. An app that
// does not exist or may not be opened is an *Error with status 404 or 403.
func (c *Client) OpenApp(ctx context.Context, accessToken, appID string) (*Engine, error) {
	e := &Engine{open: func(ctx context.Context, noData bool) (*engineSession, error) {
		return c.openEngineSession(ctx, accessToken, appID, noData)
	}}
	quick, err := e.open(ctx, true)
	if err != nil {
		return nil, fmt.Errorf("open app %s: %w", appID, err)
	}
	e.quick = quick
	return e, nil
}

// Close ends the sockets. It does not wait for the tenant's goodbye.
func (e *Engine) Close() error {
	for _, s := range []*engineSession{e.quick, e.full} {
		if s != nil {
			s.close()
		}
	}
	return nil
}

// withData opens the app with its data at first use. That is a session of its
// own: one session cannot be open in both modes.
func (e *Engine) withData(ctx context.Context) (*engineSession, error) {
	if e.full == nil {
		full, err := e.open(ctx, false)
		if err != nil {
			return nil, fmt.Errorf("open app with data: %w", err)
		}
		e.full = full
	}
	return e.full, nil
}

// Layout returns the app's title and last reload.
func (e *Engine) Layout(ctx context.Context) (AppLayout, error) {
	var answer struct {
		Layout struct {
			Title       string `json:"qTitle"`
			Description string `json:"description"`
			LastReload  string `json:"qLastReloadTime"`
		} `json:"qLayout"`
	}
	if err := e.quick.call(ctx, e.quick.doc, "GetAppLayout", []any{}, &answer); err != nil {
		return AppLayout{}, fmt.Errorf("read app layout: %w", err)
	}
	reloaded, _ := time.Parse(time.RFC3339, answer.Layout.LastReload) // an app may have none
	return AppLayout{answer.Layout.Title, answer.Layout.Description, reloaded}, nil
}

// Theme returns the name of the app's theme, or "" when it names none.
func (e *Engine) Theme(ctx context.Context) (string, error) {
	items, err := e.quick.list(ctx, "AppPropsList", "appprops", map[string]any{"theme": "/theme"})
	if err != nil {
		return "", fmt.Errorf("read app properties: %w", err)
	}
	for _, item := range items {
		if theme, ok := item.Data.Theme.(string); ok && theme != "" {
			return theme, nil
		}
	}
	return "", nil
}

// sheetData is what is asked of each sheet, by path into its properties.
var sheetData = map[string]any{
	"title": "/qMetaDef/title", "labelExpression": "/labelExpression", "description": "/qMetaDef/description",
	"showCondition": "/showCondition", "thumbnail": "/thumbnail", "cells": "/cells", "rank": "/rank", "columns": "/columns", "rows": "/rows",
}

// Sheets lists the sheets that the person may see and that are not hidden by a
// condition, in the app's order.
func (e *Engine) Sheets(ctx context.Context) ([]Sheet, error) {
	items, err := e.quick.list(ctx, "SheetList", "sheet", sheetData)
	if err == nil && slices.ContainsFunc(items, listItem.hidden) {
		// A condition may be a formula, and without data any formula is false.
		var full *engineSession
		if full, err = e.withData(ctx); err == nil {
			items, err = full.list(ctx, "SheetList", "sheet", sheetData)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("list sheets: %w", err)
	}
	sheets := make([]Sheet, 0, len(items))
	for _, item := range items {
		if !item.hidden() {
			sheets = append(sheets, item.sheet())
		}
	}
	slices.SortStableFunc(sheets, func(a, b Sheet) int {
		switch {
		case a.Rank < b.Rank:
			return -1
		case a.Rank > b.Rank:
			return 1
		}
		return strings.Compare(a.Title, b.Title)
	})
	return sheets, nil
}

// listItem is an entry of a qAppObjectList. Values that tenants are known to
// store in several types stay open.
type listItem struct {
	Info struct {
		ID string `json:"qId"`
	} `json:"qInfo"`
	Meta struct {
		Title       string `json:"title"`
		Description string `json:"description"`
		Published   bool   `json:"published"`
		Approved    bool   `json:"approved"`
	} `json:"qMeta"`
	Data struct {
		Title         any    `json:"title"`
		Label         any    `json:"labelExpression"`
		Description   any    `json:"description"`
		ShowCondition any    `json:"showCondition"`
		Rank          any    `json:"rank"`
		Columns       any    `json:"columns"`
		Rows          any    `json:"rows"`
		Theme         any    `json:"theme"`
		Cells         []Cell `json:"cells"`
		Thumbnail     struct {
			Content struct {
				URL string `json:"qUrl"`
			} `json:"qStaticContentUrl"`
		} `json:"thumbnail"`
	} `json:"qData"`
}

// hidden reads the condition after the engine has evaluated it.
func (i listItem) hidden() bool {
	switch condition := i.Data.ShowCondition.(type) {
	case bool:
		return !condition
	case float64:
		return condition == 0
	case string:
		condition = strings.TrimSpace(condition)
		return condition == "0" || strings.EqualFold(condition, "false")
	}
	return false
}

func (i listItem) sheet() Sheet {
	return Sheet{
		ID:          i.Info.ID,
		Title:       firstText(i.Data.Label, i.Meta.Title, i.Data.Title, "Untitled sheet"),
		Description: firstText(i.Meta.Description, i.Data.Description),
		Rank:        numberOr(i.Data.Rank, 0),
		Private:     !i.Meta.Published && !i.Meta.Approved,
		Published:   i.Meta.Published,
		Approved:    i.Meta.Approved,
		Thumbnail:   i.Data.Thumbnail.Content.URL,
		Columns:     int(numberOr(i.Data.Columns, 24)),
		Rows:        int(numberOr(i.Data.Rows, 12)),
		Cells:       i.Data.Cells,
	}
}

func firstText(candidates ...any) string {
	for _, c := range candidates {
		if text, ok := c.(string); ok && strings.TrimSpace(text) != "" {
			return text
		}
	}
	return ""
}

// numberOr reads a number that may be missing, or zero where that makes no sense.
func numberOr(v any, fallback float64) float64 {
	if n, ok := v.(float64); ok && n != 0 {
		return n
	}
	return fallback
}
