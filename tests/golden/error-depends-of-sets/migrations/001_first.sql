-- Depends: core/003_users, core/users, core/3, /003_users, core/, co re/003_users, a/b/003_c
-- up
CREATE TABLE t(x);
-- down
DROP TABLE t;
