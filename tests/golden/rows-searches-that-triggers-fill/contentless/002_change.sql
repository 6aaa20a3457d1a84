-- up
CREATE VIRTUAL TABLE note_fts USING fts5(body, content='');
CREATE TRIGGER note_ai AFTER INSERT ON note BEGIN INSERT INTO note_fts(rowid, body) VALUES(new.id, new.body); END;
-- down
DROP TRIGGER note_ai;
DROP TABLE note_fts;
