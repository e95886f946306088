//go:build !linux

package proxy

import (
	"syscall"
	"time"
)

// giveUpAfter needs an option that other systems do not have.
func giveUpAfter(syscall.RawConn, time.Duration) {}

// untaken is what other systems do not tell.
func untaken(syscall.RawConn) int { return 0 }
