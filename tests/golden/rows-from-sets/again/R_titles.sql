-- up
CREATE UNIQUE INDEX IF NOT EXISTS note_title ON note(title);
-- down
DROP INDEX IF EXISTS note_title;
