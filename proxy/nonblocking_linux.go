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
func receive(fd uintptr, p []byte) (n int, err error) {
	got, _, errno := unix.RawSyscall6(unix.SYS_RECVFROM, fd, uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), 0, 0, 0) //nolint:gosec // as in package unix
	if errno != 0 {
		return 0, errno
	}
	return int(got), nil
}

// send writes what fits of p, which is not empty (send(2)).
func send(fd uintptr, p []byte) (n int, err error) {
	took, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, fd, uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), unix.MSG_NOSIGNAL, 0, 0) //nolint:gosec // as in package unix
	if errno != 0 {
		return 0, errno
	}
	return int(took), nil
}
