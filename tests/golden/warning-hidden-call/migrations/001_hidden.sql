-- up
CREATE TABLE a(id INTEGER PRIMARY KEY); -- call: fill
CREATE TABLE b(
    id INTEGER PRIMARY KEY, -- up
    -- call me later
    n TEXT /* down */
); /* call: fill */
/* the next ones are commented out, but for a call:
 * DROP TABLE a;
 * -- call: fill
 */
-- === DOWN MIGRATION ===
DROP TABLE b; -- down
DROP TABLE a; /* -- === VERIFY === */
