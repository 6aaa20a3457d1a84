-- Migration: 007_normalise_titles
-- Description: One blank between the words of a title and none around them
-- Author: Jon Falk
-- Date: 2026-11-16
-- Lossy: titles keep their single blanks; the white space as it was typed is forgotten
-- Tags: data

-- === UP MIGRATION ===

-- In C, because `notes add` must do exactly the same: both call one function.
-- call: normalise_titles

-- The rule from now on, also for those who write to the table with other tools.
CREATE TRIGGER notes_title_insert BEFORE INSERT ON notes
WHEN new.title <> trim(new.title) OR instr(new.title, '  ')
BEGIN
    SELECT RAISE(ABORT, 'a title has single blanks, between its words only');
END;

CREATE TRIGGER notes_title_update BEFORE UPDATE OF title ON notes
WHEN new.title <> trim(new.title) OR instr(new.title, '  ')
BEGIN
    SELECT RAISE(ABORT, 'a title has single blanks, between its words only');
END;

-- === DOWN MIGRATION ===

DROP TRIGGER notes_title_update;
DROP TRIGGER notes_title_insert;

-- === VERIFY ===

SELECT id FROM notes WHERE title <> trim(title) OR instr(title, '  ');

-- The search index follows the titles: none got lost on the way.
SELECT id FROM notes EXCEPT SELECT id FROM notes_fts_docsize;

-- === TEST ===

INSERT INTO notes (id, title, created_at) VALUES
    (701, '  Call   the plumber ', '2026-11-01 12:00:00'),
    (702, 'Tidy already', '2026-11-01 12:05:00'),
    (703, 'from	a	spreadsheet', '2026-11-01 12:10:00');
