-- up
CREATE UNIQUE INDEX t_flag ON t(flag);
-- down
DROP INDEX t_flag;
