package main

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestKeysAreReloadedOnHangup(t *testing.T) {
	key := func(b byte) string { return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, 32)) }
	file := filepath.Join(t.TempDir(), "keys")
	write := func(content string) {
		if err := os.WriteFile(file, []byte(content+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(key('a'))
	portal, _, env := demoEnv(t)
	c := start(t, nil, append(env, "SESSION_KEYS_FILE="+file)...)
	c.waitReady(t, portal)
	says := func(what string) {
		t.Helper()
		if err := c.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(5 * time.Second); !strings.Contains(c.text(), what); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("the log lacks %q:\n%s", what, c.text())
			}
		}
	}
	write("broken")
	says("configuration not reloaded")
	write(key('b') + "," + key('a'))
	says("session keys reloaded")
	if strings.Contains(c.text(), key('a')) || strings.Contains(c.text(), key('b')) {
		t.Error("a key can be read in the log")
	}
}
