-- up
CREATE TABLE account(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL REFERENCES kind(id));
INSERT INTO account VALUES(10, 1), (11, 2);
-- down
DROP TABLE account;
