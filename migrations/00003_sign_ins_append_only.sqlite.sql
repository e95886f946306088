-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER sign_ins_no_update BEFORE UPDATE ON sign_ins
BEGIN
    SELECT RAISE(ABORT, 'sign_ins is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER sign_ins_no_delete BEFORE DELETE ON sign_ins
BEGIN
    SELECT RAISE(ABORT, 'sign_ins is append-only');
END;
-- +goose StatementEnd

-- INSERT OR REPLACE removes the old row without firing the trigger above.
-- +goose StatementBegin
CREATE TRIGGER sign_ins_no_replace BEFORE INSERT ON sign_ins
WHEN EXISTS (SELECT 1 FROM sign_ins WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'sign_ins is append-only');
END;
-- +goose StatementEnd
