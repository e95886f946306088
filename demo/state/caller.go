package state

import (
	"slices"
	"strings"
)

// Caller is the user that makes a request, and by what right.
type Caller struct {
	*User
	Scopes []string
	Cookie bool        // a session in the tenant's own pages, not a bearer token
	Live   func() bool // the token or session that was presented is still good
}

// Administers reports whether the caller may run the tenant. A token reaches no
// further than its scopes, and user_default leaves the admin's powers out; a
// session in the tenant's own pages has all that the user has. The narrow scope
// that opens the endpoint is "" where none is documented.
func (c *Caller) Administers(scope string) bool {
	return c.Admin() && (c.Cookie || slices.Contains(c.Scopes, "admin_classic") || scope != "" && slices.Contains(c.Scopes, scope))
}

// MayIdentify reports whether the caller may read its own user, for which a
// token needs user_default or an identity scope.
func (c *Caller) MayIdentify() bool {
	return slices.ContainsFunc(c.Scopes, func(s string) bool { return s == "user_default" || strings.HasPrefix(s, "identity.") })
}
