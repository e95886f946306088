package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// awaitLog waits until the log holds what so many times.
func (c *child) awaitLog(t *testing.T, what string, times int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); strings.Count(c.text(), what) < times; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the log has %q %d times, want %d:\n%s", what, strings.Count(c.text(), what), times, c.text())
		}
	}
}

func mustWrite(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Orchestrators and people change files in their own ways, and send no signal.
func TestSecretsAreReloadedWhenTheirFilesChange(t *testing.T) {
	key := func(b byte) string { return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, 32)) }
	dir := t.TempDir()
	keys, secret := filepath.Join(dir, "keys"), filepath.Join(dir, "secret")
	for i, content := range []string{key('a'), key('b')} { // as Kubernetes lays them out
		version := filepath.Join(dir, "..version"+strconv.Itoa(i))
		if err := os.Mkdir(version, 0o700); err != nil {
			t.Fatal(err)
		}
		mustWrite(t, filepath.Join(version, "keys"), content)
	}
	link := func(from, to string) {
		t.Helper()
		if err := errors.Join(os.Symlink(to, from+".new"), os.Rename(from+".new", from)); err != nil {
			t.Fatal(err)
		}
	}
	link(filepath.Join(dir, "..data"), "..version0")
	link(keys, filepath.Join("..data", "keys"))
	mustWrite(t, secret, "first secret")
	addr := freeAddr(t)
	c := start(t, nil, "LISTEN_ADDR="+addr, "PUBLIC_URL=http://"+addr, "QLIK_TENANT_URL=http://127.0.0.1:1", "QLIK_CLIENT_ID=id",
		"QLIK_CLIENT_SECRET_FILE="+secret, "SESSION_KEYS_FILE="+keys)
	c.awaitLog(t, "serving", 1)

	link(filepath.Join(dir, "..data"), "..version1")
	c.awaitLog(t, "session keys reloaded", 1)
	mustWrite(t, secret+".new", "other secret") // of the same length
	if err := os.Rename(secret+".new", secret); err != nil {
		t.Fatal(err)
	}
	c.awaitLog(t, "client secret reloaded", 1)
	mustWrite(t, secret, "third secret") // in place
	c.awaitLog(t, "client secret reloaded", 2)
	if err := os.Remove(secret); err != nil {
		t.Fatal(err)
	}
	c.awaitLog(t, "configuration not reloaded", 1)
	mustWrite(t, secret, "fourth secret")
	c.awaitLog(t, "client secret reloaded", 3)
	for _, leak := range []string{"first secret", "other secret", "third secret", "fourth secret", key('a'), key('b')} {
		if strings.Contains(c.text(), leak) {
			t.Errorf("%q can be read in the log", leak)
		}
	}
}

func TestKeysAreReloadedOnHangup(t *testing.T) {
	key := func(b byte) string { return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, 32)) }
	file := filepath.Join(t.TempDir(), "keys")
	mustWrite(t, file, key('a'))
	portal, _, env := demoEnv(t)
	c := start(t, nil, append(env, "DEMO_MODE=on", "SESSION_KEYS_FILE="+file)...)
	c.waitReady(t, portal)
	hangup := func() {
		if err := c.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	mustWrite(t, file, "broken")
	hangup()
	c.awaitLog(t, "configuration not reloaded", 1)
	mustWrite(t, file, key('b')+","+key('a'))
	hangup()
	c.awaitLog(t, "session keys reloaded", 1)
	if strings.Contains(c.text(), key('a')) || strings.Contains(c.text(), key('b')) {
		t.Error("a key can be read in the log")
	}
}
