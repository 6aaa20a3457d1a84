CREATE TABLE __new_users(id INTEGER PRIMARY KEY, name TEXT, age INTEGER);
INSERT INTO __new_users("id", "name", "age") SELECT "id", "name", "age" FROM users;
DROP TABLE users;
ALTER TABLE __new_users RENAME TO users;
