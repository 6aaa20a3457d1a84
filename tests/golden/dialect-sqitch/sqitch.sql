CREATE TABLE app(x);
CREATE TABLE users(id);
CREATE INDEX users_id ON users(id);
