-- up
CREATE VIRTUAL TABLE tag_search USING fts5(label);
CREATE TRIGGER tag_added AFTER INSERT ON tag BEGIN
    INSERT INTO tag_search(rowid, label) VALUES (new.id, new.label);
END;
-- down
DROP TRIGGER tag_added;
DROP TABLE tag_search;
