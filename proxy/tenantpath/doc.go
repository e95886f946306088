// Package tenantpath is the grammar of the paths that may be relayed to the
// tenant. It is positive: what it does not describe is an error, so that no two
// servers can read a path differently.
package tenantpath
