-- Description: What a doctor writes, searchable

-- up
CREATE TABLE note (
    id INTEGER PRIMARY KEY,
    appointment INTEGER NOT NULL REFERENCES appointment (id) ON DELETE CASCADE,
    written_at INTEGER NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX note_appointment ON note (appointment);
CREATE VIRTUAL TABLE note_search USING fts5(body, content = 'note', content_rowid = 'id');
CREATE TRIGGER note_added AFTER INSERT ON note BEGIN
    INSERT INTO note_search (rowid, body) VALUES (new.id, new.body);
END;
CREATE TRIGGER note_removed AFTER DELETE ON note BEGIN
    INSERT INTO note_search (note_search, rowid, body) VALUES ('delete', old.id, old.body);
END;
CREATE TRIGGER note_changed AFTER UPDATE OF body ON note BEGIN
    INSERT INTO note_search (note_search, rowid, body) VALUES ('delete', old.id, old.body);
    INSERT INTO note_search (rowid, body) VALUES (new.id, new.body);
END;

-- down
DROP TABLE note_search;
DROP TABLE note;
