-- Depends: users/003_vacuum
-- up
CREATE TABLE audit(id INTEGER PRIMARY KEY, account INTEGER);
INSERT INTO audit SELECT NULL, account FROM owner;
-- down
DROP TABLE audit;
-- verify
SELECT id FROM audit WHERE account > 10;
