-- +goose Up
CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
-- +goose StatementBegin
CREATE TRIGGER keep BEFORE DELETE ON users BEGIN
  SELECT RAISE(ABORT, 'no; never') WHERE old.id = 1;
END;
-- +goose StatementEnd
-- +goose Down
DROP TABLE users;
