// Package contentcoding reads which content codings a client accepts.
package contentcoding
