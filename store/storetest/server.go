package storetest

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// startTimeout is generous because build machines start several servers at
// once; a healthy one needs a fraction of a second.
const startTimeout = 30 * time.Second

// server is one child process that can be stopped, paused and started again
// on the same port with the same data.
type server struct {
	t testing.TB
	// command makes a fresh command for each start: an exec.Cmd runs once.
	command func() *exec.Cmd
	// alive says whether the server answers. It is asked until it does.
	alive func() error
	// stopSignal asks for an orderly end.
	stopSignal syscall.Signal

	cmd    *exec.Cmd
	done   chan struct{} // closed when cmd has been waited for
	output *lockedBuffer
}

// start runs the command and returns once the server answers.
func (s *server) start() error {
	s.cmd = s.command()
	s.output = &lockedBuffer{}
	s.cmd.Stdout, s.cmd.Stderr = s.output, s.output
	dieWithParent(s.cmd)
	if err := s.cmd.Start(); err != nil {
		return err
	}
	done := make(chan struct{})
	s.done = done
	go func() {
		_ = s.cmd.Wait() // how it ended is of no interest, that it ended is
		close(done)
	}()
	return s.waitUntilAlive()
}

func (s *server) waitUntilAlive() error {
	deadline := time.Now().Add(startTimeout)
	for {
		err := s.alive()
		if err == nil {
			return nil
		}
		select {
		case <-s.done:
			return errors.New("ended at once")
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return err
		}
	}
}

// Stop ends the server in good order, as an operator would. Its data stays for
// Restart.
func (s *server) Stop() { s.end(s.signal, s.stopSignal) }

// Kill ends the server without any warning, as a lost machine would.
func (s *server) Kill() { s.end(s.signalAll, syscall.SIGKILL) }

// Restart starts the server again on the same port with the same data,
// stopping it first when it still runs.
func (s *server) Restart() {
	s.t.Helper()
	s.Stop()
	if err := s.start(); err != nil {
		s.t.Fatalf("restart %s: %v\n%s", s.cmd.Path, err, s.output)
	}
}

// Pause freezes the server: connections stay open and nothing answers, which
// is what a hung machine or a dropped network looks like from outside.
func (s *server) Pause() { s.signalAll(syscall.SIGSTOP) }

// Resume ends Pause.
func (s *server) Resume() { s.signalAll(syscall.SIGCONT) }

func (s *server) end(signal func(syscall.Signal), sig syscall.Signal) {
	if s.done == nil {
		return
	}
	signal(sig)
	s.Resume() // a paused process acts on nothing but SIGKILL
	select {
	case <-s.done:
	case <-time.After(10 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.done
	}
	s.done = nil
}

// signal reaches the server itself.
func (s *server) signal(sig syscall.Signal) { s.signalProcess(s.cmd.Process.Pid, sig) }

// signalAll reaches the processes that the server started, too. The server
// goes first, so that it starts no new one meanwhile.
func (s *server) signalAll(sig syscall.Signal) {
	s.signal(sig)
	for _, pid := range children(s.cmd.Process.Pid) {
		s.signalProcess(pid, sig)
	}
}

func (s *server) signalProcess(pid int, sig syscall.Signal) {
	s.t.Helper()
	err := syscall.Kill(pid, sig)
	if err != nil && !errors.Is(err, syscall.ESRCH) {
		s.t.Errorf("signal %v to %s: %v", sig, s.cmd.Path, err)
	}
}

// missing ends the test because a program is not installed.
func missing(t testing.TB, program, debianPackage string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not installed (Debian package %s), and CI=true does not skip", program, debianPackage)
	}
	t.Skipf("%s is not installed (Debian package %s)", program, debianPackage)
}

// FreePort finds a port nobody uses, for a server that may be started on it
// more than once. It lies below those that the system gives to outgoing
// connections, or one of them might take it in between, and it is given to no
// other caller of this process, because its server may not have started yet.
func FreePort(t testing.TB) string {
	t.Helper()
	const lowest, highest = 12_000, 32_000
	var err error
	for range 100 {
		port := strconv.Itoa(lowest + rand.IntN(highest-lowest))
		if _, given := givenPorts.LoadOrStore(port, true); given {
			continue
		}
		var l net.Listener
		if l, err = net.Listen("tcp", net.JoinHostPort("127.0.0.1", port)); err == nil {
			_ = l.Close()
			return port
		}
	}
	t.Fatalf("find a free port: %v", err)
	return ""
}

// givenPorts are those that FreePort has tried.
var givenPorts sync.Map

// lockedBuffer keeps what a server printed; it may be read while it is written.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
