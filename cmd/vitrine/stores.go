package main

import (
	"context"
	"crypto/rand"
	"errors"

	"vitrine/config"
	"vitrine/store"
)

// stores are what the portal remembers.
type stores struct {
	sessions *store.Sessions
	db       *store.DB
	keys     [][]byte
	ring     *store.KeyRing
	demo     *store.DemoStorage // nil with a tenant, and where Redis is embedded
	closers  []func()
}

func (s *stores) close() {
	for _, close := range s.closers {
		close()
	}
}

func openStores(ctx context.Context, c config.Config, migrate bool) (*stores, error) {
	s := &stores{}
	if err := s.open(ctx, c, migrate); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *stores) open(ctx context.Context, c config.Config, migrate bool) (err error) {
	options := store.SessionsOptions{IdleTimeout: c.SessionIdleTimeout}
	if c.Demo { // which must never find, or end, sessions of a real tenant
		options.Prefix = "vitrine-demo:"
	}
	if c.RedisURL == "" {
		client, stop, err := store.OpenEmbeddedRedis()
		if err != nil {
			return err
		}
		options.Redis, s.closers = client, append(s.closers, stop)
	} else {
		client, err := store.OpenRedis(c.RedisURL.Reveal())
		if err != nil {
			return usageErrorf("REDIS_URL %w", err)
		}
		options.Redis, s.closers = client, append(s.closers, func() { _ = client.Close() })
		if c.Demo {
			s.demo = store.NewDemoStorage(client, options.Prefix)
		}
	}
	if s.keys, err = sessionKeys(c, s.demo); err != nil {
		return err
	}
	if s.ring, err = store.NewKeyRing(s.keys...); err != nil {
		return usageErrorf("SESSION_KEYS: %w", err)
	}
	options.Keys = s.ring
	s.sessions = store.NewSessions(options)
	if s.db, err = openDatabase(ctx, c, migrate); err != nil {
		return err
	}
	s.closers = append(s.closers, func() { _ = s.db.Close() })
	return nil
}

// sessionKeys returns the keys of the settings. The demo needs none: its own
// key is kept beside its sessions, so that both last equally long. A Redis that
// is away stops the start of the demo: with another key it would sign users out.
func sessionKeys(c config.Config, demo *store.DemoStorage) ([][]byte, error) {
	if len(c.SessionKeys) > 0 {
		return c.SessionKeys, nil
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	if demo == nil {
		return [][]byte{key}, nil
	}
	key, err := demo.SessionKey(key)
	if err != nil {
		return nil, usageErrorf("REDIS_URL: read the session key of the demo: %w", err)
	}
	return [][]byte{key}, nil
}

// openDatabase opens the database and makes sure that it is this deployment's
// own: users of the demo and of a tenant never share one. A database that is
// away does not stop the start of a portal with a tenant: nothing needed to sign
// in depends on it.
func openDatabase(ctx context.Context, c config.Config, migrate bool) (*store.DB, error) {
	db, err := store.OpenDB(ctx, databaseURL(c))
	if err != nil {
		return nil, usageErrorf("DATABASE_URL %w", err)
	}
	err = prepareSchema(ctx, db, migrate)
	if err == nil {
		err = db.Claim(ctx, deployment(c))
	}
	switch {
	case err == nil:
		return db, nil
	case errors.Is(err, store.ErrSchemaOld), errors.Is(err, store.ErrSchemaNew), errors.Is(err, store.ErrDeployment),
		c.Demo, migrate && errors.Is(err, store.ErrPassword):
		err = usageErrorf("DATABASE_URL: %w", err)
	case migrate || db.Embedded():
	default:
		return db, nil
	}
	_ = db.Close()
	return nil, err
}

// prepareSchema migrates a file of our own by itself. A PostgreSQL may serve
// other programs too, so its schema is changed on command only.
func prepareSchema(ctx context.Context, db *store.DB, migrate bool) error {
	if !db.Embedded() {
		if err := db.CheckSchema(ctx); err == nil || !migrate || !errors.Is(err, store.ErrSchemaOld) {
			return err
		}
	}
	_, _, err := db.Migrate(ctx)
	return err
}

func deployment(c config.Config) store.Deployment {
	if c.Demo {
		return store.DemoDeployment
	}
	return store.TenantDeployment
}
