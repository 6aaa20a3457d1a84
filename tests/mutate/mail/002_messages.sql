-- up
CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    folder INTEGER NOT NULL REFERENCES folder (id) ON DELETE CASCADE,
    uid INTEGER NOT NULL,
    subject TEXT,
    sender TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    size INTEGER NOT NULL,
    flags INTEGER NOT NULL DEFAULT 0,
    UNIQUE (folder, uid)
);
CREATE INDEX message_sent ON message (folder, sent_at);

-- down
DROP TABLE message;
