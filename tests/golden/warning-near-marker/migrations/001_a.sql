-- === UP MIGRATION ===
-- == UP ==
--- up ---
-- UP MIGRATION
-- === DOWM MIGRATION ===
--up
-- Down:
-- === DOWN ===
--  verify
-- === TEST MIGRATON ===
-- +goose Up
-- migrate:down
-- +migrate Down
-- rambler up
-- call backfill
--call: backfill
CREATE TABLE a(x); -- === DOWN MIGRATION ===
-- === DOWN MIGRATION ===
DROP TABLE a;
