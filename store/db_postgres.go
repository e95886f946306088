package store

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"vitrine/migrations"
)

// openPostgres prepares connections to PostgreSQL and makes none yet.
func openPostgres(databaseURL string, timeout time.Duration) (*DB, error) {
	config, err := postgresConfig(databaseURL)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	pool := stdlib.OpenDB(*config)
	// Ten per process: a PostgreSQL accepts 100 by default, and calls are short.
	// Idle ones end, so that a failover or a changed DNS name is noticed.
	pool.SetMaxOpenConns(10)
	pool.SetMaxIdleConns(10)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	pool.SetConnMaxLifetime(time.Hour)
	return &DB{pool: pool, dialect: migrations.Postgres, timeout: timeout}, nil
}

// postgresConfig reads the URL. Both net/url and the driver quote in their
// errors what they were given, so neither is given the password.
func postgresConfig(databaseURL string) (*pgx.ConnConfig, error) {
	parsed, err := url.Parse(databaseURL)
	if err != nil || parsed.Fragment != "" || parsed.Host == "" && !parsed.Query().Has("host") {
		// A "/" or "#" in a password makes the rest of it look like a host or a
		// port: there is no telling which part of such a URL may be shown.
		return nil, errors.New("not a valid postgres:// URL; percent-encode special characters in the password")
	}
	query := parsed.Query()
	password := query.Get("password")
	query.Del("password")
	parsed.RawQuery = query.Encode()
	if p, found := parsed.User.Password(); found {
		password = p
		parsed.User = url.User(parsed.User.Username())
	}
	config, err := pgx.ParseConfig(parsed.String())
	if err != nil && query.Has("sslpassword") {
		return nil, errors.New("the postgres:// URL names settings that cannot be used") // the cause may quote it
	}
	if err != nil {
		return nil, err
	}
	if password != "" {
		config.Password = password // else PGPASSWORD or a password file, as the driver found it
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "vitrine"
	}
	return config, nil
}
