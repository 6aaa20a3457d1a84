-- Migration: 005_record_when_done
-- Description: When a note was done, filled in as well as we know for the old ones
-- Author: Jon Falk
-- Date: 2026-11-12
-- Tags: data

-- === UP MIGRATION ===

ALTER TABLE notes ADD COLUMN done_at TEXT;

-- Nobody wrote down when these were done. Not before they were written: that
-- much is certain, and it sorts them below all that is done from now on.
UPDATE notes SET done_at = created_at WHERE done = 1;

-- === DOWN MIGRATION ===

ALTER TABLE notes DROP COLUMN done_at;

-- === VERIFY ===

SELECT id FROM notes WHERE (done = 1) <> (done_at IS NOT NULL);

-- === TEST ===

INSERT INTO notes (id, title, done, created_at) VALUES
    (501, 'Still open', 0, '2026-11-01 11:00:00'),
    (502, 'Done long ago', 1, '2019-05-06 07:08:09');
