package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"vitrine/migrations"
)

var (
	// ErrSchemaOld says that the database lacks tables or columns that this
	// program uses.
	ErrSchemaOld = errors.New("database schema is older than this program: run `vitrine migrate`")
	// ErrSchemaNew says that a newer program changed the database.
	ErrSchemaNew = errors.New("database schema is newer than this program: run the newer vitrine, or restore the backup made before its `vitrine migrate`")
)

// Migrate brings the schema up to date and tells the versions before and
// after. Two processes may do it at once. ctx alone limits how long it takes.
func (db *DB) Migrate(ctx context.Context) (from, to int64, err error) {
	provider, err := db.migrator()
	if err != nil {
		return 0, 0, err
	}
	from, target, err := provider.GetVersions(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("read schema version: %w", passwordError(err))
	}
	if from > target {
		return from, from, versionError(ErrSchemaNew, from, target)
	}
	if _, err := provider.Up(ctx); err != nil {
		return from, from, fmt.Errorf("migrate database: %w", err)
	}
	return from, target, nil
}

// CheckSchema returns ErrSchemaOld or ErrSchemaNew when the schema is not the
// one this program was written for.
func (db *DB) CheckSchema(ctx context.Context) error {
	ctx, cancel := db.bounded(ctx)
	defer cancel()
	provider, err := db.migrator()
	if err != nil {
		return err
	}
	current, target, err := provider.GetVersions(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("read schema version: %w", passwordError(err))
	case current < target:
		return versionError(ErrSchemaOld, current, target)
	case current > target:
		return versionError(ErrSchemaNew, current, target)
	}
	return nil
}

func versionError(kind error, current, target int64) error {
	return fmt.Errorf("%w (it is at version %d, this program needs %d)", kind, current, target)
}

func (db *DB) migrator() (*goose.Provider, error) {
	dialect := goose.DialectSQLite3
	options := []goose.ProviderOption{
		goose.WithExcludeNames(migrations.Foreign(db.dialect)),
		goose.WithDisableGlobalRegistry(true),
	}
	if db.dialect == migrations.Postgres {
		dialect = goose.DialectPostgres
		// Replicas that start together take turns: looks once a second, for a minute.
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
		if err != nil {
			return nil, fmt.Errorf("prepare migrations: %w", err)
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, db.pool, migrations.Files, options...)
	if err != nil {
		return nil, fmt.Errorf("prepare migrations: %w", err)
	}
	return provider, nil
}
