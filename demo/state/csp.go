package state

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// CSPEntry lets one origin into some directives of the policy that the
// tenant's own pages carry.
type CSPEntry struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	Description  string `json:"description"`
	Origin       string `json:"origin"`
	CreatedDate  string `json:"createdDate"`
	ModifiedDate string `json:"modifiedDate"`
	cspDirectives
}

type cspDirectives struct {
	ChildSrc       bool `json:"childSrc"`
	ConnectSrc     bool `json:"connectSrc"`
	ConnectSrcWSS  bool `json:"connectSrcWSS"`
	FontSrc        bool `json:"fontSrc"`
	FormAction     bool `json:"formAction"`
	FrameAncestors bool `json:"frameAncestors"`
	FrameSrc       bool `json:"frameSrc"`
	ImgSrc         bool `json:"imgSrc"`
	MediaSrc       bool `json:"mediaSrc"`
	ObjectSrc      bool `json:"objectSrc"`
	ScriptSrc      bool `json:"scriptSrc"`
	StyleSrc       bool `json:"styleSrc"`
	WorkerSrc      bool `json:"workerSrc"`
}

// Key implements Record.
func (e CSPEntry) Key() string { return e.ID }

// directives lists the switches by the name they have in a query.
var directives = []struct {
	name, directive, base string
	in                    func(cspDirectives) bool
}{
	{"childSrc", "child-src", "'self' blob:", func(d cspDirectives) bool { return d.ChildSrc }},
	{"connectSrc", "connect-src", "'self'", func(d cspDirectives) bool { return d.ConnectSrc }},
	{"connectSrcWSS", "connect-src", "", func(d cspDirectives) bool { return d.ConnectSrcWSS }},
	{"fontSrc", "font-src", "'self' data:", func(d cspDirectives) bool { return d.FontSrc }},
	{"formAction", "form-action", "'self'", func(d cspDirectives) bool { return d.FormAction }},
	{"frameAncestors", "frame-ancestors", "'self'", func(d cspDirectives) bool { return d.FrameAncestors }},
	{"frameSrc", "frame-src", "'self'", func(d cspDirectives) bool { return d.FrameSrc }},
	{"imgSrc", "img-src", "'self' blob: data:", func(d cspDirectives) bool { return d.ImgSrc }},
	{"mediaSrc", "media-src", "'self'", func(d cspDirectives) bool { return d.MediaSrc }},
	{"objectSrc", "object-src", "'none'", func(d cspDirectives) bool { return d.ObjectSrc }},
	{"scriptSrc", "script-src", "'self'", func(d cspDirectives) bool { return d.ScriptSrc }},
	{"styleSrc", "style-src", "'self' 'unsafe-inline'", func(d cspDirectives) bool { return d.StyleSrc }}, // charts style themselves
	{"workerSrc", "worker-src", "'self' blob:", func(d cspDirectives) bool { return d.WorkerSrc }},
}

// Directives returns the switches of an entry by the name they have in a query.
func (e CSPEntry) Directives() map[string]bool {
	on := make(map[string]bool, len(directives))
	for _, d := range directives {
		on[d.name] = d.in(e.cspDirectives)
	}
	return on
}

// ContentSecurityPolicy is the header of the tenant's own pages: what they
// need themselves, and the entries of the list.
func (st *State) ContentSecurityPolicy() string {
	sources := map[string][]string{}
	var order []string
	entries := st.CSPEntries.All()
	for _, d := range directives {
		if d.base != "" {
			order = append(order, d.directive)
			sources[d.directive] = []string{d.base}
		}
		for _, e := range entries {
			if origin := e.Origin; d.in(e.cspDirectives) {
				if d.name == "connectSrcWSS" {
					origin = "wss://" + origin
				}
				sources[d.directive] = append(sources[d.directive], origin)
			}
		}
	}
	policy := []string{"default-src 'self'"}
	for _, directive := range order {
		list := sources[directive]
		if len(list) > 1 && list[0] == "'none'" {
			list = list[1:] // 'none' has a meaning only when it is alone
		}
		policy = append(policy, directive+" "+strings.Join(list, " "))
	}
	return strings.Join(policy, "; ")
}

// AddFrameOrigin lets pages of a host frame the tenant's own.
func (st *State) AddFrameOrigin(origin string) error {
	now := Timestamp(st.Content.Created)
	e := CSPEntry{ID: RandomHex(12), Name: "Portal", Origin: origin, CreatedDate: now, ModifiedDate: now}
	e.FrameAncestors = true
	if fault := e.Invalid(); fault != "" {
		return fmt.Errorf("frame origin %q: %s", origin, fault)
	}
	st.CSPEntries.Add(e)
	return nil
}

// cspSource is a host as the console takes it, "domain.com" or "*.domain.com",
// with a port if need be. Nothing else may get into the header.
var cspSource = regexp.MustCompile(`^(\*\.)?[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*(:[0-9]{1,5})?$`)

// Invalid returns what is wrong with an entry, or "".
func (e CSPEntry) Invalid() string {
	switch {
	case len(e.Origin) > 256 || !cspSource.MatchString(e.Origin):
		return "origin is required in the form domain.com or *.domain.com, with at most 256 characters"
	case utf8.RuneCountInString(e.Name) > 512 || utf8.RuneCountInString(e.Description) > 1024:
		return "name has at most 512 characters and description 1024"
	}
	return ""
}
