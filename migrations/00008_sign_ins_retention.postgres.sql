-- +goose Up
-- Entries leave the sign-in log by their age alone; a week of it is always there.
-- +goose StatementBegin
CREATE FUNCTION keep_recent_sign_ins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.at > now() - INTERVAL '7 days' THEN
        RAISE EXCEPTION 'sign_ins keeps its entries for seven days';
    END IF;
    RETURN OLD;
END
$$;
-- +goose StatementEnd

DROP TRIGGER sign_ins_append_only ON sign_ins;

CREATE TRIGGER sign_ins_append_only BEFORE UPDATE OR TRUNCATE ON sign_ins
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_sign_ins();

CREATE TRIGGER sign_ins_keep_recent BEFORE DELETE ON sign_ins
    FOR EACH ROW EXECUTE FUNCTION keep_recent_sign_ins();
