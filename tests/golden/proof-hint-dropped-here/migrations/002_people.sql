-- Irreversible: users are people now
-- up
DROP TABLE users;
CREATE TABLE people (id INTEGER PRIMARY KEY);
