package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// origin reads a scheme and host without path.
func (r *reader) origin(name, fallback, example string) string {
	value := r.baseURL(name, fallback, example)
	if u, err := url.Parse(value); value != "" && err == nil && u.Path != "" {
		r.fault(name, fmt.Sprintf("must have no path, like %s", example))
		return ""
	}
	return value
}

func (r *reader) origins(name string) []string {
	var origins []string
	for _, value := range r.words(name, "") {
		single := &reader{getenv: func(string) string { return value }, readFile: r.readFile}
		if origin := single.origin(name, "", "https://cdn.example.com"); origin != "" {
			origins = append(origins, origin)
		}
		r.faults = append(r.faults, single.faults...)
	}
	return origins
}

// baseURL reads an absolute URL and writes its scheme and host as browsers do
// in the Origin header. http is for loopback only, as tokens and cookies must
// not cross a network in the clear.
func (r *reader) baseURL(name, fallback, example string) string {
	value := strings.TrimRight(r.text(name, fallback), "/")
	if value == "" {
		return ""
	}
	u, err := url.Parse(value)
	if err == nil {
		u.Host, err = canonicalHost(u)
	}
	switch {
	case err != nil || (u.Scheme != "https" && u.Scheme != "http"):
		r.fault(name, "must be an absolute URL like "+example)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		r.fault(name, "must have no user, query or fragment, like "+example)
	case u.Scheme == "http" && !loopback(u.Hostname()):
		r.fault(name, "must begin with https://; http:// is for loopback hosts only")
	default:
		return u.String()
	}
	return ""
}

// domains maps host names as browsers do (URL Standard, "domain to ASCII").
var domains = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.BidiRule(), idna.CheckHyphens(false), idna.StrictDomainName(false))

// canonicalHost returns the host in ASCII and lower case, with the port unless
// the scheme implies it (RFC 6454 section 4).
func canonicalHost(u *url.URL) (string, error) {
	host := u.Hostname()
	if address, err := netip.ParseAddr(host); err == nil {
		host = address.String()
	} else if host, err = domains.ToASCII(host); err != nil || host == "" {
		return "", errors.New("no host")
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if u.Port() == "" {
		return host, nil
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil {
		return "", err
	}
	if u.Scheme == "https" && port == 443 || u.Scheme == "http" && port == 80 {
		return host, nil
	}
	return fmt.Sprintf("%s:%d", host, port), nil
}

func loopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
