-- up
SELECT 1 /* a /* b */ ;
/*/ still open */ SELECT 2;
/**/SELECT 3;
-- down
SELECT 4;
