-- up
CREATE VIRTUAL TABLE tag_search USING fts5(content, tokenize = 'porter');
CREATE TRIGGER tag_added AFTER INSERT ON tag BEGIN
    INSERT INTO tag_search(rowid, content) VALUES (new.id, new.content);
END;
-- down
DROP TRIGGER tag_added;
DROP TABLE tag_search;
