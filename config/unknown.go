package config

import (
	"regexp"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Unknown is a variable that looks like a setting and is none.
type Unknown struct {
	Name string
	Like string // the setting that was probably meant; "" if none comes near
}

// FindUnknown looks for misspelt settings in an environment of the form of
// [os.Environ].
func FindUnknown(environ []string) []Unknown {
	known := names()
	var unknown []Unknown
	for _, variable := range environ {
		name, _, _ := strings.Cut(variable, "=")
		if slices.Contains(known, name) || foreign.MatchString(name) {
			continue
		}
		like := nearest(name, known)
		if like != "" || ours.MatchString(name) {
			unknown = append(unknown, Unknown{Name: name, Like: like})
		}
	}
	return unknown
}

var (
	// ours are the prefixes that only settings of this program have.
	ours = regexp.MustCompile(`^(QLIK|SESSION|DEMO|EMBED)_`)
	// foreign are variables of desktops, and those that Kubernetes and Docker
	// make for a service that has one of our words in its name.
	foreign = regexp.MustCompile(`^SESSION_MANAGER$|_SERVICE_(HOST|PORT)|_PORT(_\d+_|$)`)
)

// names returns all variables that are read, in the order in which they are.
func names() []string {
	var names []string
	r := &reader{getenv: func(name string) string { names = append(names, name); return "" }}
	r.config(nil)
	return names
}

// nearest returns the setting that name is a misspelling of, if any.
func nearest(name string, known []string) string {
	if base, ok := strings.CutSuffix(name, "_FILE"); ok && slices.Contains(known, base) {
		return base // a setting that is no secret is not read from a file
	}
	best, like := 3, ""
	for _, setting := range known {
		if distance := levenshtein.ComputeDistance(name, setting); distance < best {
			best, like = distance, setting
		}
	}
	return like
}
