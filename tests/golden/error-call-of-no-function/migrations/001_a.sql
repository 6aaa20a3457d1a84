-- up
-- call: 2fast
-- call: while
-- call:
-- call: a b
-- call: migc_up
-- call: m001
-- call: main
-- down
SELECT 1;
