-- up
CREATE TABLE contact_new(id INTEGER PRIMARY KEY, given TEXT, family TEXT, born TEXT);
WITH old(a, b, c) AS (SELECT id, given, family FROM contact) INSERT INTO contact_new(id, family, given) SELECT a, b, c FROM old;
DROP TABLE contact;
ALTER TABLE contact_new RENAME TO contact;
-- down
CREATE TABLE contact_new(id INTEGER PRIMARY KEY, given TEXT, family TEXT);
INSERT INTO contact_new SELECT id, given, family FROM contact;
DROP TABLE contact;
ALTER TABLE contact_new RENAME TO contact;
