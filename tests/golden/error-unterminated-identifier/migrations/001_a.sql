-- up
SELECT 1;
CREATE TABLE [a(x);
