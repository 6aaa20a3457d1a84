-- up
CREATE TABLE edge(id INTEGER PRIMARY KEY, a INTEGER NOT NULL, b INTEGER NOT NULL);
INSERT INTO edge(a, b) SELECT id, id FROM node;
CREATE UNIQUE INDEX node_title ON node(title);
-- down
DROP INDEX node_title;
DROP TABLE edge;
