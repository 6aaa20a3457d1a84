-- Description: Bodies, kept apart, and search over them

-- up
CREATE TABLE body (
    message INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    html TEXT
);
CREATE VIRTUAL TABLE mail_search USING fts5(subject, text, tokenize = 'unicode61');
INSERT INTO mail_search (rowid, subject, text)
    SELECT m.id, ifnull(m.subject, ''), '' FROM message AS m;
CREATE TRIGGER body_added AFTER INSERT ON body BEGIN
    DELETE FROM mail_search WHERE rowid = new.message;
    INSERT INTO mail_search (rowid, subject, text)
        SELECT new.message, ifnull(subject, ''), new.text FROM message WHERE id = new.message;
END;
CREATE TRIGGER message_gone AFTER DELETE ON message BEGIN
    DELETE FROM mail_search WHERE rowid = old.id;
END;

-- down
DROP TRIGGER message_gone;
DROP TABLE mail_search;
DROP TABLE body;
