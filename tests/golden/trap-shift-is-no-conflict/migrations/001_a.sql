-- up
SELECT 1
<< 2
=
== 3;
-- down
SELECT 2;
