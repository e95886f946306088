package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Deployment is what a database belongs to.
type Deployment string

// The deployments there are.
const (
	TenantDeployment Deployment = "tenant"
	DemoDeployment   Deployment = "demo"
)

// ErrDeployment says that the database belongs to the other deployment.
var ErrDeployment = errors.New("database belongs to another deployment")

// Claim makes the database that of a deployment, unless it is already: then it
// returns [ErrDeployment] if that is another. The demo gets no database that has
// users from before databases were claimed.
func (db *DB) Claim(ctx context.Context, d Deployment) error {
	ctx, cancel := db.bounded(ctx)
	defer cancel()
	_, err := db.pool.ExecContext(ctx, `
		INSERT INTO deployment (id, kind)
		SELECT 1, CAST($1 AS TEXT) WHERE CAST($1 AS TEXT) <> 'demo' OR NOT EXISTS (SELECT 1 FROM people)
		ON CONFLICT (id) DO NOTHING`, string(d))
	if err != nil {
		return fmt.Errorf("claim database: %w", err)
	}
	var owner Deployment
	err = db.pool.QueryRowContext(ctx, `SELECT kind FROM deployment WHERE id = 1`).Scan(&owner)
	switch {
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("read owner of database: %w", err)
	case owner == d:
		return nil
	case d == DemoDeployment:
		return fmt.Errorf("%w: it has users of a real tenant; give the demo one of its own, or leave the variable unset", ErrDeployment)
	default:
		return fmt.Errorf("%w: it has users of the demo; give the tenant an empty one", ErrDeployment)
	}
}
