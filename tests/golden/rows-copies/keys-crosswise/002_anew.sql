-- up
CREATE TABLE mail_new(id INTEGER PRIMARY KEY, folder INTEGER NOT NULL REFERENCES folder(id), size INTEGER);
INSERT INTO mail_new(id, folder) SELECT folder, folder FROM mail;
DROP TABLE mail;
ALTER TABLE mail_new RENAME TO mail;
-- down
ALTER TABLE mail DROP COLUMN size;
