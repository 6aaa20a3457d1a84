-- Migration: 003_full_text_search
-- Description: Full-text search over titles and bodies
-- Author: Jon Falk
-- Date: 2026-11-05
-- Depends: 001_initial_schema
-- Tags: search

-- === UP MIGRATION ===

-- External content: the index keeps no second copy of the text, so the three
-- triggers below must tell it of every change. A deletion is told with the old
-- values, because the index cannot look them up any more.
CREATE VIRTUAL TABLE notes_fts USING fts5 (
    title,
    body,
    content = 'notes',
    content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TRIGGER notes_fts_insert AFTER INSERT ON notes BEGIN
    INSERT INTO notes_fts (rowid, title, body) VALUES (new.id, new.title, new.body);
END;

CREATE TRIGGER notes_fts_delete AFTER DELETE ON notes BEGIN
    INSERT INTO notes_fts (notes_fts, rowid, title, body)
    VALUES ('delete', old.id, old.title, old.body);
END;

CREATE TRIGGER notes_fts_update AFTER UPDATE OF id, title, body ON notes BEGIN
    INSERT INTO notes_fts (notes_fts, rowid, title, body)
    VALUES ('delete', old.id, old.title, old.body);
    INSERT INTO notes_fts (rowid, title, body) VALUES (new.id, new.title, new.body);
END;

-- The notes that are there already.
INSERT INTO notes_fts (notes_fts) VALUES ('rebuild');

-- === DOWN MIGRATION ===

DROP TRIGGER notes_fts_update;
DROP TRIGGER notes_fts_delete;
DROP TRIGGER notes_fts_insert;
DROP TABLE notes_fts;

-- === VERIFY ===

-- A note that the index does not know.
SELECT id FROM notes EXCEPT SELECT id FROM notes_fts_docsize;

-- === TEST ===

INSERT INTO notes (id, title, body, created_at) VALUES
    (301, 'Café in Zürich', 'Ask for the table; it''s the one by the window', '2026-11-01 09:00:00'),
    (302, 'Empty below', '', '2026-11-01 09:05:00');
