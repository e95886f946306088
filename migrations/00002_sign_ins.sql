-- +goose Up
-- The log of sign-ins, failed ones too. It refers to no other table: an entry
-- stands for itself, whatever happens to the person later.
CREATE TABLE sign_ins (
    id         TEXT        NOT NULL PRIMARY KEY, -- random, tells apart entries of the same instant
    at         TIMESTAMPTZ NOT NULL,             -- when it was decided
    user_id    TEXT        NOT NULL,             -- the tenant's user ID, empty when it failed before anybody was known
    name       TEXT        NOT NULL,             -- as the tenant gave it then
    email      TEXT        NOT NULL,             -- as the tenant gave it then
    method     TEXT        NOT NULL,             -- how, for example "code" for the authorization code flow
    address    TEXT        NOT NULL,             -- IP address of the browser
    user_agent TEXT        NOT NULL,             -- what the browser calls itself
    result     TEXT        NOT NULL CHECK (result IN ('succeeded', 'denied', 'failed')),
    reason     TEXT        NOT NULL,             -- why not, empty when it succeeded
    request_id TEXT        NOT NULL              -- the same as on the page and in the program's log
);

CREATE INDEX sign_ins_at ON sign_ins (at, id);

CREATE INDEX sign_ins_user_id_at ON sign_ins (user_id, at, id);
