-- up
CREATE TABLE roles (name TEXT);
-- down
DROP TABLE roles;
