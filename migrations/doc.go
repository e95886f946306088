// Package migrations holds the database schema as numbered SQL files and
// embeds them into the program, so that a binary always carries the schema it
// was written for.
//
// One file serves SQLite and PostgreSQL wherever both understand it, which is
// nearly everywhere. Where they differ, one version has a file for each,
// NNNNN_what.sqlite.sql and NNNNN_what.postgres.sql; Foreign names the files
// that a database has to leave out.
//
// A file that was released is never edited: databases that ran it do not run
// it again. A change is a new file with the next number. There are no ways
// back down: the sign-in log must not be droppable by a slip, and going back
// means restoring the backup that was taken before.
package migrations
