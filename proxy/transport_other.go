//go:build !linux

package proxy

import (
	"syscall"
	"time"
)

// giveUpAfter needs an option that other systems do not have.
func giveUpAfter(syscall.RawConn, time.Duration) {}

// keepLittle needs one that they have by other names.
func keepLittle(syscall.RawConn) {}
