// Package storetest starts real servers for tests: a redis-server and a
// PostgreSQL, each on a free port of the loopback interface, each with a data
// folder of its own that goes away with the test.
//
// Nothing here is a stand-in. A test that asks what the program does while a
// store is stopped, paused or restarted does exactly that to the server, with
// the same signals an operating system would send.
//
// A server that is not installed skips the test and says so; where the
// environment has CI=true it fails the test instead, so that a build server
// cannot go green by running nothing.
package storetest
