package qlik

import (
	"context"
	"fmt"
	"time"
)

// User is a person as the tenant knows them (GET /api/v1/users/{id}).
type User struct {
	ID            string    `json:"id"`
	TenantID      string    `json:"tenantId"`
	Subject       string    `json:"subject"`
	Name          string    `json:"name"`
	Email         string    `json:"email"`
	Status        string    `json:"status,omitempty"`
	Picture       string    `json:"picture,omitempty"`
	Locale        string    `json:"locale"`
	Zoneinfo      string    `json:"zoneinfo"`
	CreatedAt     time.Time `json:"createdAt,omitzero"`
	AssignedRoles []Named   `json:"assignedRoles,omitempty"`
	Groups        []Named   `json:"assignedGroups,omitempty"`
}

// Named is a role or a group of a user.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Me returns the person the access token stands for. A tenant's tokens carry
// no identity of their own, so this is how a sign-in learns who it was.
func (c *Client) Me(ctx context.Context, accessToken string) (User, error) {
	var u User
	if err := c.get(ctx, accessToken, "/api/v1/users/me", nil, &u); err != nil {
		return User{}, err
	}
	if u.ID == "" {
		return User{}, fmt.Errorf("%w: users/me named no user", ErrUnreachable)
	}
	return u, nil
}

// Tenant is what GET /api/v1/tenants/me says of the tenant itself.
type Tenant struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Tenant returns the tenant's own record.
func (c *Client) Tenant(ctx context.Context, accessToken string) (Tenant, error) {
	var t Tenant
	err := c.get(ctx, accessToken, "/api/v1/tenants/me", nil, &t)
	return t, err
}
