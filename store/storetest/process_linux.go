package storetest

import (
	"os/exec"
	"syscall"
)

// dieWithParent puts the server into a process group of its own and has the
// kernel end it when the test process dies without cleaning up.
func dieWithParent(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
}
