-- Description: 'flags' goes, and a message without subject says so

-- up
DROP TRIGGER body_added;
CREATE TABLE message_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    folder INTEGER NOT NULL REFERENCES folder (id) ON DELETE CASCADE,
    uid INTEGER NOT NULL,
    subject TEXT NOT NULL DEFAULT '',
    sender TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    size INTEGER NOT NULL,
    seen INTEGER NOT NULL DEFAULT 0,
    answered INTEGER NOT NULL DEFAULT 0,
    flagged INTEGER NOT NULL DEFAULT 0,
    thread INTEGER REFERENCES thread (id) ON DELETE SET NULL,
    UNIQUE (folder, uid)
);
INSERT INTO sqlite_sequence (name, seq) SELECT 'message_new', seq FROM sqlite_sequence WHERE name = 'message';
INSERT INTO message_new (id, folder, uid, subject, sender, sent_at, size, seen, answered, flagged, thread)
    SELECT id, folder, uid, ifnull(subject, ''), sender, sent_at, size, seen, answered, flagged, thread
    FROM message;
DROP TABLE message;
ALTER TABLE message_new RENAME TO message;
CREATE INDEX message_sent ON message (folder, sent_at);
CREATE INDEX message_thread ON message (thread);
CREATE TRIGGER body_added AFTER INSERT ON body BEGIN
    DELETE FROM mail_search WHERE rowid = new.message;
    INSERT INTO mail_search (rowid, subject, text)
        SELECT new.message, ifnull(subject, ''), new.text FROM message WHERE id = new.message;
END;
CREATE TRIGGER message_gone AFTER DELETE ON message BEGIN
    DELETE FROM mail_search WHERE rowid = old.id;
END;

-- down
DROP TRIGGER body_added;
CREATE TABLE message_old (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    folder INTEGER NOT NULL REFERENCES folder (id) ON DELETE CASCADE,
    uid INTEGER NOT NULL,
    subject TEXT,
    sender TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    size INTEGER NOT NULL,
    flags INTEGER NOT NULL DEFAULT 0,
    seen INTEGER NOT NULL DEFAULT 0,
    answered INTEGER NOT NULL DEFAULT 0,
    flagged INTEGER NOT NULL DEFAULT 0,
    thread INTEGER REFERENCES thread (id) ON DELETE SET NULL,
    UNIQUE (folder, uid)
);
INSERT INTO sqlite_sequence (name, seq) SELECT 'message_old', seq FROM sqlite_sequence WHERE name = 'message';
INSERT INTO message_old (id, folder, uid, subject, sender, sent_at, size, flags, seen, answered, flagged, thread)
    SELECT id, folder, uid, nullif(subject, ''), sender, sent_at, size,
           seen | (answered << 1) | (flagged << 2), seen, answered, flagged, thread
    FROM message;
DROP TABLE message;
ALTER TABLE message_old RENAME TO message;
CREATE INDEX message_sent ON message (folder, sent_at);
CREATE INDEX message_thread ON message (thread);
CREATE TRIGGER body_added AFTER INSERT ON body BEGIN
    DELETE FROM mail_search WHERE rowid = new.message;
    INSERT INTO mail_search (rowid, subject, text)
        SELECT new.message, ifnull(subject, ''), new.text FROM message WHERE id = new.message;
END;
CREATE TRIGGER message_gone AFTER DELETE ON message BEGIN
    DELETE FROM mail_search WHERE rowid = old.id;
END;
