-- +goose Up
-- What this database belongs to, written by the first start: users of the demo
-- and of a real tenant never share one.
CREATE TABLE deployment (
    id   INTEGER NOT NULL PRIMARY KEY CHECK (id = 1), -- one row at most
    kind TEXT    NOT NULL CHECK (kind IN ('tenant', 'demo'))
);
