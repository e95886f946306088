//go:build !linux

package storetest

import (
	"os/exec"
	"strconv"
	"strings"
)

// dieWithParent does nothing: only Linux can end a process with its parent.
// Elsewhere a test process that is killed leaves its servers behind.
func dieWithParent(*exec.Cmd) {}

// children lists the processes that pid started. PostgreSQL answers each
// connection from one of them, and puts each into a process group of its own.
func children(pid int) []int {
	out, _ := exec.Command("pgrep", "-P", strconv.Itoa(pid)).Output() // no children is an error too
	var found []int
	for _, field := range strings.Fields(string(out)) {
		if child, err := strconv.Atoi(field); err == nil {
			found = append(found, child)
		}
	}
	return found
}
