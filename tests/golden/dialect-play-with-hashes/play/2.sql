#!Ups
CREATE TABLE tasks(id INTEGER PRIMARY KEY);
#!Downs
DROP TABLE tasks;