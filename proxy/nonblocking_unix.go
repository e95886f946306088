//go:build unix && !linux

package proxy

import "syscall"

// receive reads what has come into p.
func receive(fd uintptr, p []byte) (n int, err error) { return syscall.Read(int(fd), p) }

// send writes what fits of p.
func send(fd uintptr, p []byte) (n int, err error) { return syscall.Write(int(fd), p) }
