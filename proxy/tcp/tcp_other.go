//go:build !linux

package tcp

import (
	"syscall"
	"time"
)

func setUserTimeout(syscall.RawConn, time.Duration) {}

func unacknowledged(syscall.RawConn) int { return 0 }
