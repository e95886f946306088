-- +goose Up
CREATE TABLE people (
    user_id       TEXT        NOT NULL PRIMARY KEY, -- the tenant's user ID
    name          TEXT        NOT NULL,             -- as the tenant gave it at the latest sign-in
    email         TEXT        NOT NULL,             -- empty when the tenant tells none
    first_seen_at TIMESTAMPTZ NOT NULL,             -- first successful sign-in
    last_seen_at  TIMESTAMPTZ NOT NULL,             -- latest successful sign-in
    sign_in_count INTEGER     NOT NULL              -- successful sign-ins so far
);
