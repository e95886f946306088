-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION refuse_change_of_sign_ins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'sign_ins is append-only';
END
$$;
-- +goose StatementEnd

CREATE TRIGGER sign_ins_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sign_ins
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_sign_ins();
