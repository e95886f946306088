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
// replace them without a signal.
const reloadInterval = 10 * time.Second

// reloadOnChange reads session keys and the client secret again on SIGHUP, and
// when a file of them has changed, until ctx ends. Nobody is signed out by it.
// A configuration with faults changes nothing.
func (p *portal) reloadOnChange(ctx context.Context, load func() (config.Config, error), current config.Config) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	tick := time.NewTicker(reloadInterval)
	defer tick.Stop()
	for {
		asked := false
		select {
		case <-ctx.Done():
			return
		case <-hangup:
			asked = true
		case <-tick.C:
		}
		next, err := load()
		if err != nil {
			if asked {
				p.logger.Error("configuration not reloaded", "faults", faultLines(err))
			}
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
	}
}
