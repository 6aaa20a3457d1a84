-- up
CREATE TABLE x3(a);
-- down
INSERT INTO movie(id) VALUES (2);
DROP TABLE x3;
