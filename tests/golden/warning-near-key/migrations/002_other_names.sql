-- Created: 2026-01-02
-- Notes: two keys that are taken
-- Estimated-Duration: 100ms
-- Dependencies: 001_a
-- depends on: 001_a
-- Depends_On: 001_a
-- Reversible: no
-- Created By: somebody
-- this depends on: nothing, being prose
-- Beware: prose
-- up
CREATE TABLE b(x);
-- down
DROP TABLE b;
