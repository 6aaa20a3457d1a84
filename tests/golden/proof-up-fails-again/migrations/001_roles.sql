-- up
CREATE TABLE roles (name TEXT PRIMARY KEY NOT NULL);
-- down
DROP TABLE roles;
