-- up
SELECT 1
<< 2
=
4
== 1
>> 0;
-- down
SELECT 2;
