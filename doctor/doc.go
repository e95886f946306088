// Package doctor finds out what is wrong with the set-up before the first user
// does.
//
// A [Check] asks for one thing and returns a sentence for the admin when it is
// wrong. Each check stands in a file of its own. [Monitor] makes the checks
// beside the running program: at the start, and again only while something is
// wrong or could not be found out.
//
// Checks start no sign-in, change nothing, and never hold a secret in what they
// return.
package doctor
