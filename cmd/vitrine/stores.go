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
	closers  []func()
}

func (s *stores) close() {
	for _, close := range s.closers {
		close()
	}
}

func openStores(ctx context.Context, c config.Config, migrate bool) (*stores, error) {
	s := &stores{keys: c.SessionKeys}
	if len(s.keys) == 0 { // the demo: nobody's session outlives the process
		key := make([]byte, 32)
		_, _ = rand.Read(key)
		s.keys = [][]byte{key}
	}
	ring, err := store.NewKeyRing(s.keys...)
	if err != nil {
		return nil, usageErrorf("SESSION_KEYS: %w", err)
	}
	s.ring = ring
	options := store.SessionsOptions{Keys: ring, IdleTimeout: c.SessionIdleTimeout}
	if c.Demo { // which must never find, or end, sessions of a real tenant
		options.Prefix = "vitrine-demo:"
	}
	if c.RedisURL == "" {
		client, stop, err := store.OpenEmbeddedRedis()
		if err != nil {
			return nil, err
		}
		options.Redis, s.closers = client, append(s.closers, stop)
	} else {
		client, err := store.OpenRedis(c.RedisURL.Reveal())
		if err != nil {
			return nil, usageErrorf("REDIS_URL %w", err)
		}
		options.Redis, s.closers = client, append(s.closers, func() { _ = client.Close() })
	}
	s.sessions = store.NewSessions(options)
	if s.db, err = openDatabase(ctx, c, migrate); err != nil {
		s.close()
		return nil, err
	}
	s.closers = append(s.closers, func() { _ = s.db.Close() })
	return s, nil
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
