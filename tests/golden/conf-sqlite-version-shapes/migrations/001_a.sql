-- up
CREATE TABLE one(id INTEGER PRIMARY KEY, a TEXT DEFAULT (strftime('%F', 'now')), CHECK (a IN ('floor', 'subsec')));
SELECT max(id) FROM one HAVING count(*) > 1;
SELECT max(id), (SELECT 1 FROM one GROUP BY id HAVING id > 1) FROM one GROUP BY a HAVING count(*) > 1;
SELECT group_concat(a, ',' ORDER BY id), row_number() OVER (ORDER BY id) FROM one;
SELECT sum((SELECT id FROM one ORDER BY id LIMIT 1)) FROM one;
SELECT iif(1, 2), iif(1,2,3), iif(1,2,3,4,5), json_valid('{}', 1), if(1,2,3);
SELECT datetime('now', 'floor'), unixepoch('now', 'subsec'), date('now', '+0001-02-03'), strftime('%Y-%m %G %%e', 1);
SELECT 1_000, 0x1_0, x'00';
ALTER TABLE one ALTER COLUMN a SET NOT NULL;
ALTER TABLE one ADD CONSTRAINT c CHECK (id > 0);
ALTER TABLE one DROP CONSTRAINT c;
ALTER TABLE one ADD CHECK (id > 0);
REINDEX EXPRESSIONS;
CREATE TRIGGER t AFTER INSERT ON one BEGIN SELECT RAISE(ABORT, 'a' || new.a); SELECT RAISE(ABORT, 'a'); SELECT RAISE(IGNORE); END;
CREATE VIRTUAL TABLE f USING fts5(a, contentless_delete=1, content='');
-- down
DROP TABLE one;
