//go:build profile

package main

import (
	"log/slog"
	"net/http"
	_ "net/http/pprof" // serves profiles
	"os"
)

// Profiles are in no program but one built with -tags profile, which
// `make profile` does: they are not for the networks a portal stands in.
func init() {
	if addr := os.Getenv("PROFILE_ADDR"); addr != "" {
		go func() { slog.Error("profiles are not served", "error", http.ListenAndServe(addr, nil).Error()) }()
	}
}
