-- +migrate Down
DROP TABLE c;
-- +migrate Up notransaction
CREATE TABLE c(x);
