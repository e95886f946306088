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
// A session that was read a moment ago is served from memory (opened.go), as
// long as the process can prove that it would hear of its end (news.go).
//
// Redis may also forget: what a master had not sent to the replica that takes
// over, or had not written down before it died. A spent refresh token that came
// back would cost its owner the session, so the tokens of a refresh wait a
// moment for a replica, and every process remembers for some minutes what was
// refreshed, ended or is under way anywhere, and puts Redis right (recall.go).
// What no program can mend: Redis loses writes, no replica had them, and every
// process that heard of them has died or was cut off, too. Then a person signs
// in again, or a session that had ended lives on until its idle end.
//
// [DemoStorage] keeps what the demo needs after a restart, in Redis and not
// sealed.
//
// [DB] keeps what may be looked at later, in SQLite or PostgreSQL: people who
// signed in, recently opened sheets, favourites, and the sign-in log. Nothing
// needed to sign in or to open a sheet depends on it.
//
// Redis and SQL are used here and nowhere else.
package store
