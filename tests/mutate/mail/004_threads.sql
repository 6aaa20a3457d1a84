-- Description: Messages form threads

-- up
CREATE TABLE thread (
    id INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    newest INTEGER NOT NULL
);
ALTER TABLE message ADD COLUMN thread INTEGER REFERENCES thread (id) ON DELETE SET NULL;
INSERT INTO thread (subject, newest)
    SELECT subject, max(sent_at) FROM message WHERE subject IS NOT NULL GROUP BY subject;
UPDATE message SET thread = (SELECT t.id FROM thread AS t WHERE t.subject = message.subject);
CREATE INDEX message_thread ON message (thread);

-- down
DROP INDEX message_thread;
ALTER TABLE message DROP COLUMN thread;
DROP TABLE thread;
