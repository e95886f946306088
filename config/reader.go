package config

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// reader reads variables and collects what is wrong with them. Its methods
// return the zero value where there is a fault; the caller goes on.
type reader struct {
	getenv   func(string) string
	readFile func(string) ([]byte, error)
	faults   []string
}

func (r *reader) fault(name, problem string) {
	r.faults = append(r.faults, name+" "+problem)
}

func (r *reader) faulty(name string) bool {
	return slices.ContainsFunc(r.faults, func(f string) bool {
		return strings.HasPrefix(f, name+" ") || strings.HasPrefix(f, name+"_FILE ")
	})
}

func (r *reader) text(name, fallback string) string {
	if value := strings.TrimSpace(r.getenv(name)); value != "" {
		return value
	}
	return fallback
}

func (r *reader) choice(name, fallback string, allowed ...string) string {
	value := strings.ToLower(r.text(name, fallback))
	if value != fallback && !slices.Contains(allowed, value) {
		r.fault(name, fmt.Sprintf("is %q; it may be %s", value, strings.Join(allowed, ", ")))
	}
	return value
}

func (r *reader) words(name, fallback string) []string {
	return strings.FieldsFunc(r.text(name, fallback), func(c rune) bool { return c == ' ' || c == ',' })
}

func (r *reader) duration(name string, fallback, least time.Duration) time.Duration {
	value := r.text(name, "")
	if value == "" {
		return fallback
	}
	d, err := time.ParseDuration(value)
	if err != nil {
		r.fault(name, fmt.Sprintf("is %q; write a duration like 30m or 12h", value))
		return fallback
	}
	if d < least {
		r.fault(name, fmt.Sprintf("is %v; the least is %v", d, least))
		return fallback
	}
	return d
}

// count reads a whole number of at least 0.
func (r *reader) count(name string, fallback int) int {
	value := r.text(name, "")
	if value == "" {
		return fallback
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 {
		r.fault(name, fmt.Sprintf("is %q; write a whole number, 0 for no limit", value))
		return fallback
	}
	return n
}

func (r *reader) address(name, fallback string) string {
	value := r.text(name, fallback)
	if value == "" {
		return ""
	}
	_, port, err := net.SplitHostPort(value)
	if number, numErr := strconv.Atoi(port); err != nil || numErr != nil || number < 0 || number > 65535 {
		r.fault(name, fmt.Sprintf("is %q; write host:port or :port", value))
	}
	return value
}

func (r *reader) networks(name string) []string {
	networks := r.words(name, "")
	for _, value := range networks {
		_, prefixErr := netip.ParsePrefix(value)
		_, addrErr := netip.ParseAddr(value)
		if prefixErr != nil && addrErr != nil {
			r.fault(name, fmt.Sprintf("holds %q; write addresses or networks like 10.0.0.0/8", value))
		}
	}
	return networks
}
