-- up
-- don't; "stop
/* it's; `fine */
SELECT 1 /* isn't; it */ + 2 -- that's;
;
-- down
SELECT 2;
