-- rambler up
CREATE TABLE a(x);
-- rambler down
DROP TABLE a;
-- rambler up
CREATE VIEW v AS SELECT x FROM a;
-- rambler down
DROP VIEW v;
