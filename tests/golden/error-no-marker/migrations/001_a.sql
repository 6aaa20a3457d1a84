-- a table
CREATE TABLE a(x);
CREATE TABLE b(x);
