-- Depends: 001_first, mine/001_first, core/004_nothing, core/003_users
-- up
CREATE TABLE s(x);
-- down
DROP TABLE s;
