// Package config reads the environment into a [Config].
//
// Every fault is found before the program gives up, each in one line that
// names its variable, so that an admin mends a deployment in one go. A secret
// may come from a file: NAME_FILE holds its path, NAME its value, never both.
// Secrets are of a type that prints as "[redacted]".
//
// Addresses are written as browsers write an origin, whatever their spelling.
// [FindUnknown] finds variables that were meant to be settings.
//
// Only cmd/vitrine reads configuration; all other packages get plain values.
package config
