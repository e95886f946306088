-- +goose Up
-- What became of sessions after they began: who ended which, and whether the
-- tenant has revoked their tokens. How they began is in sign_ins.
CREATE TABLE audit (
    id         TEXT        NOT NULL PRIMARY KEY, -- random, tells apart entries of the same instant
    at         TIMESTAMPTZ NOT NULL,             -- when it happened
    event      TEXT        NOT NULL,             -- 'session ended' or 'tokens revoked'
    user_id    TEXT        NOT NULL,             -- whose session it was; empty when only the tenant knows
    session    TEXT        NOT NULL,             -- the session's handle, which opens nothing; empty for all of a person
    actor      TEXT        NOT NULL,             -- who did it: a user ID, 'tenant', or 'vitrine'
    address    TEXT        NOT NULL,             -- IP address it came from, empty for what we do ourselves
    result     TEXT        NOT NULL CHECK (result IN ('succeeded', 'failed')),
    reason     TEXT        NOT NULL,             -- a fixed word, never text from the tenant
    request_id TEXT        NOT NULL              -- the same as in the program's log, empty without a request
);

CREATE INDEX audit_at ON audit (at, id);

CREATE INDEX audit_user_id_at ON audit (user_id, at, id);
