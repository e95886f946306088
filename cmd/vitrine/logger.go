package main

import (
	"io"
	"log"
	"log/slog"
	"os"
)

// newLogger writes to w: as text for a person at a terminal, as JSON for
// whatever collects logs, unless format says which.
func newLogger(w io.Writer, level, format string) *slog.Logger {
	options := &slog.HandlerOptions{}
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err == nil {
		options.Level = l
	}
	if format == "text" || format == "" && isTerminal(w) {
		return slog.New(slog.NewTextHandler(w, options))
	}
	return slog.New(slog.NewJSONHandler(w, options))
}

// setDefault has libraries log in our form. What goes to the old standard logger
// is dropped: there net/http quotes bytes that a tenant sends unasked.
func setDefault(logger *slog.Logger) {
	slog.SetDefault(logger)
	log.SetOutput(io.Discard) // after SetDefault, which takes it into our log
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
