package store

import (
	"errors"
	"testing"
)

func testClaim(t *testing.T, db *DB) {
	for range 2 {
		check(t, db.Claim(t.Context(), DemoDeployment))
	}
	if err := db.Claim(t.Context(), TenantDeployment); !errors.Is(err, ErrDeployment) {
		t.Errorf("a tenant gets the demo's database: %v", err)
	}
}

func testClaimOfUsedDatabase(t *testing.T, db *DB) {
	check(t, db.RecordSignIn(t.Context(), SignIn{UserID: "u", At: noon, Result: SignInSucceeded}))
	if err := db.Claim(t.Context(), DemoDeployment); !errors.Is(err, ErrDeployment) {
		t.Errorf("the demo gets a database of before: %v", err)
	}
	check(t, db.Claim(t.Context(), TenantDeployment))
	if err := db.Claim(t.Context(), DemoDeployment); !errors.Is(err, ErrDeployment) {
		t.Errorf("the demo gets a tenant's database: %v", err)
	}
}
