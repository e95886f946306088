package store

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

// ErrPassword is the error of a PostgreSQL that refuses the user or the password.
var ErrPassword = errors.New("the database refuses the user or the password; " +
	"a PostgreSQL keeps the password that its volume was created with: set that one, change it there with " +
	"ALTER ROLE … PASSWORD, or, if nothing in it is worth keeping, delete it with `docker compose down -v`")

// passwordError adds ErrPassword to errors that mean it (PostgreSQL's error
// class 28).
func passwordError(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (pg.Code == "28P01" || pg.Code == "28000") {
		return fmt.Errorf("%w (%s)", ErrPassword, pg.Message)
	}
	return err
}
