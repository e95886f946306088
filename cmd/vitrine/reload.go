package main

import (
	"context"
	"os"
	"os/signal"
	"reflect"
	"syscall"
	"time"

	"vitrine/config"
)

// reloadInterval is how often files of secrets are looked at: orchestrators
// replace them without a signal. Looking works on every file system, also where
// the kernel tells of no change, and costs a few microseconds.
const reloadInterval = time.Second

// secretFiles are the files of what may change while the program runs.
func (p program) secretFiles() fileWatch {
	var w fileWatch
	for _, name := range []string{"SESSION_KEYS_FILE", "QLIK_CLIENT_SECRET_FILE"} {
		if path := p.getenv(name); path != "" {
			w = append(w, watchedFile{path: path})
		}
	}
	w.changed()
	return w
}

// fileWatch finds out which files have changed since it was asked before.
type fileWatch []watchedFile

type watchedFile struct {
	path string
	last os.FileInfo // nil while there is none
}

// changed reports whether any file is another one than before, at the end of
// all links, or has been written to.
func (w fileWatch) changed() bool {
	changed := false
	for i, f := range w {
		info, _ := os.Stat(f.path) // what cannot be read is said when it is loaded
		same := info == nil && f.last == nil || info != nil && f.last != nil && os.SameFile(info, f.last) &&
			info.ModTime().Equal(f.last.ModTime()) && info.Size() == f.last.Size()
		if !same {
			w[i].last, changed = info, true
		}
	}
	return changed
}

// reloadOnChange reads session keys and the client secret again on SIGHUP, and
// when a file of them has changed, until ctx ends. Nobody is signed out by it.
// A configuration with faults changes nothing.
func (p *portal) reloadOnChange(ctx context.Context, load func() (config.Config, error), files fileWatch, current config.Config) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	tick := time.NewTicker(reloadInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
		case <-tick.C:
			if !files.changed() {
				continue
			}
		}
		next, err := load()
		if err != nil {
			p.logger.Error("configuration not reloaded", "faults", faultLines(err))
			continue
		}
		p.apply(next, &current)
	}
}

// apply takes over what may change while the program runs.
func (p *portal) apply(next config.Config, current *config.Config) {
	if len(next.SessionKeys) > 0 && !reflect.DeepEqual(next.SessionKeys, current.SessionKeys) {
		if err := p.keys.Replace(next.SessionKeys...); err != nil {
			p.logger.Error("session keys not reloaded", "error", err.Error())
			return
		}
		if err := p.handlers.SetSessionKeys(next.SessionKeys); err != nil {
			p.logger.Error("session keys not reloaded", "error", err.Error())
			return
		}
		p.logger.Info("session keys reloaded", "keys", len(next.SessionKeys))
		current.SessionKeys = next.SessionKeys
	}
	if !next.Demo && next.ClientSecret != current.ClientSecret {
		p.secret.Store(&next.ClientSecret)
		p.logger.Info("client secret reloaded")
		current.ClientSecret = next.ClientSecret
		p.monitor.Recheck()
	}
}
