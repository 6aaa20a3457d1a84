-- call: a
-- up
SELECT 1
-- call: b
;
-- down
SELECT 2;
-- verify
-- call: c
-- test
-- call: d
