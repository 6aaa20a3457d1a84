-- Up
BEGIN;
CREATE TABLE b(x);
COMMIT;
-- Down
DROP TABLE nothing;
