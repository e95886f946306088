-- +goose Up
-- Entries leave the sign-in log by their age alone; a week of it is always there.
-- +goose StatementBegin
DROP TRIGGER sign_ins_no_delete;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER sign_ins_keep_recent BEFORE DELETE ON sign_ins
WHEN OLD.at > strftime('%Y-%m-%d %H:%M:%S', 'now', '-7 days')
BEGIN
    SELECT RAISE(ABORT, 'sign_ins keeps its entries for seven days');
END;
-- +goose StatementEnd
