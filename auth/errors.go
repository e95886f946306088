package auth

import (
	"errors"
	"time"
)

// What can go wrong, for the table that turns errors into answers. Every error
// of this package wraps exactly one of them; the cause stands behind it and is
// for logs only. None ever contains a token, a code or a secret.
var (
	// ErrInvalidRequest: the authorization response is not one we asked for:
	// its state is missing, unknown, foreign or used, or its issuer is wrong.
	ErrInvalidRequest = errors.New("authorization response is not valid")
	// ErrReplayed: the state was used before, by the same browser. It comes
	// with the return path, and wraps ErrInvalidRequest.
	ErrReplayed = errors.Join(errors.New("authorization response was used before"), ErrInvalidRequest)
	// ErrAccessDenied: the person, or the tenant, said no.
	ErrAccessDenied = errors.New("access denied")
	// ErrTenant: the tenant is away, or answered what it must not.
	ErrTenant = errors.New("tenant misbehaved")
	// ErrNoSession: there is no such session, or it has ended.
	ErrNoSession = errors.New("no session")
	// ErrStore: our own store is away. It says nothing about the session.
	ErrStore = errors.New("session store unavailable")
)

// ErrHolderDied stands beside an ErrNoSession: the process that refreshed last
// died before it could save what the tenant gave it.
var ErrHolderDied = errors.New("the process that refreshed before has died")

// RetryError says when a tenant that asked for patience may be asked again. It
// stands in the chain of an ErrTenant.
type RetryError struct{ After time.Duration }

func (e *RetryError) Error() string { return "retry after " + e.After.String() }
