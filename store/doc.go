// Package store is what Vitrine remembers.
//
// [Sessions] keeps sessions and sign-ins under way in Redis and satisfies
// auth.Store. Its records are sealed under two locks: a server key and a
// secret that only the person's cookie holds, so a stolen Redis without the
// cookies opens nothing, and neither do stolen keys without them. The outbox is
// the one exception (outbox.go): tokens of sessions that have ended, which wait
// to be revoked, are under the server key alone. "Redis is away" is always an
// error and never "not found".
//
// [DB] keeps what may be looked at later, in SQLite or PostgreSQL: people who
// signed in, recently opened sheets, favourites, and the sign-in log. Nothing
// needed to sign in or to open a sheet depends on it.
//
// Redis and SQL are used here and nowhere else.
package store
