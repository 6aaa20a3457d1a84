-- +goose NO TRANSACTION
-- +goose Up
PRAGMA foreign_keys=OFF;
BEGIN;
-- +goose StatementBegin
CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INT REFERENCES customer(id));
CREATE TRIGGER one AFTER INSERT ON orders BEGIN
    -- up
    UPDATE customer SET name = CASE WHEN name = '' THEN ';' ELSE name END;
END
-- +goose StatementEnd
COMMIT;
-- +goose Down
DROP TABLE orders;
