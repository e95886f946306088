-- +goose Up
-- What each person opened lately. It does not refer to people: somebody who
-- signed in while the database was away is not in there, and works all the same.
CREATE TABLE recents (
    user_id     TEXT        NOT NULL, -- the tenant's user ID
    app_id      TEXT        NOT NULL, -- the tenant's app ID
    sheet_id    TEXT        NOT NULL, -- empty for the app itself
    app_name    TEXT        NOT NULL, -- as it was called when it was opened
    sheet_title TEXT        NOT NULL, -- as it was called when it was opened, empty for the app itself
    space_id    TEXT        NOT NULL, -- the tenant's space ID, empty for a personal space
    opened_at   TIMESTAMPTZ NOT NULL, -- the latest time
    PRIMARY KEY (user_id, app_id, sheet_id)
);

CREATE INDEX recents_user_id_opened_at ON recents (user_id, opened_at);
