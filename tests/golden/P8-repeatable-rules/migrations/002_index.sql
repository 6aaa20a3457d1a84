-- Depends: R_seed
-- up
CREATE INDEX note_title ON note(title);
-- down
DROP INDEX note_title;
