// Package tcp sets and reads the state of TCP connections that net does not
// expose: how long unacknowledged data is kept, and how much of it there is.
// Systems other than Linux offer neither; there, SetPeerTimeout does nothing
// and Progress sees none.
package tcp
