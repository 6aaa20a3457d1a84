-- +goose NO TRANSACTION
-- +goose Up
PRAGMA foreign_keys=OFF;
BEGIN;
CREATE TABLE z(x);
COMMIT;
PRAGMA foreign_keys=ON;
-- +goose Down
DROP TABLE z;
