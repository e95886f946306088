package proxy

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// The scheduler is not told of these calls. It would take them for some that
// may wait, and by the time it has let another thread go on instead, the call
// is over: that is a seventh of what a message costs. These do not wait, the
// descriptors of connections are non-blocking.

// receive reads what has come into p, which is not empty (recv(2)).
func receive(fd uintptr, p []byte) (n int, err error) { return call(unix.SYS_RECVFROM, fd, p, 0) }

// send writes what fits of p, which is not empty (send(2)).
func send(fd uintptr, p []byte) (n int, err error) {
	return call(unix.SYS_SENDTO, fd, p, unix.MSG_NOSIGNAL)
}

func call(number, fd uintptr, p []byte, flags uintptr) (n int, err error) {
	moved, _, errno := unix.RawSyscall6(number, fd, uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), flags, 0, 0) //nolint:gosec // as in package unix
	if errno != 0 {
		return 0, errno
	}
	return int(moved), nil
}
