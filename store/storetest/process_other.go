//go:build !linux

package storetest

import (
	"os/exec"
	"syscall"
)

// dieWithParent puts the server into a process group of its own. Only Linux
// can end it with its parent; elsewhere a test process that is killed leaves
// its servers behind.
func dieWithParent(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
}
