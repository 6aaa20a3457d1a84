-- up
CREATE VIRTUAL TABLE tag_words USING fts5(label);
INSERT INTO tag_words(label) SELECT label FROM tag;
CREATE TRIGGER tag_worded AFTER INSERT ON tag BEGIN
    INSERT INTO tag_words(rowid, label) VALUES (new.id, new.label);
END;
-- down
DROP TRIGGER tag_worded;
DROP TABLE tag_words;
