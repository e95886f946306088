-- +goose Up
-- A copy of the tenant's favourites collection of each person, so that pages
-- can mark them without asking the tenant.
CREATE TABLE favorites (
    user_id  TEXT        NOT NULL, -- the tenant's user ID
    app_id   TEXT        NOT NULL, -- the tenant's app ID
    item_id  TEXT        NOT NULL, -- the tenant's item ID, by which the collection knows the app
    name     TEXT        NOT NULL, -- as the app was called when the copy was made
    added_at TIMESTAMPTZ NOT NULL, -- when it was first seen here
    PRIMARY KEY (user_id, app_id)
);
