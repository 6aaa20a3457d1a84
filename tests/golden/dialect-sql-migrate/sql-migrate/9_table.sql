-- +migrate Up
CREATE TABLE a(x);
-- +migrate Down
DROP TABLE a;
