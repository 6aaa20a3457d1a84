-- Migration: 004_check_done
-- Description: The column done holds 0 or 1 and nothing else
-- Author: Ines Maier
-- Date: 2026-11-09
-- Depends: 002_add_indexes, 003_full_text_search
-- Tags: schema

-- SQLite cannot add a CHECK to a column, so the table is made anew: create,
-- copy, drop, rename. Foreign keys are not enforced while a migration runs (and
-- are checked before it commits); if they were, the DROP would take every row
-- of note_tag with it.
--
-- DROP TABLE drops the indexes and triggers of the table too: they are created
-- again, after the rename. The search index needs no rebuild, since every note
-- keeps its id and its text.

-- === UP MIGRATION ===

CREATE TABLE notes_new (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    body TEXT NOT NULL DEFAULT '',
    done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)),
    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- The program has only ever written 0 and 1. Where somebody else wrote another
-- number, it was shown as done, and done it stays.
INSERT INTO notes_new (id, title, body, done, created_at)
SELECT id, title, body, done <> 0, created_at FROM notes;

DROP TABLE notes;
ALTER TABLE notes_new RENAME TO notes;

CREATE INDEX notes_open ON notes (created_at) WHERE done = 0;

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

-- === DOWN MIGRATION ===

CREATE TABLE notes_old (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    body TEXT NOT NULL DEFAULT '',
    done INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);

INSERT INTO notes_old (id, title, body, done, created_at)
SELECT id, title, body, done, created_at FROM notes;

DROP TABLE notes;
ALTER TABLE notes_old RENAME TO notes;

CREATE INDEX notes_open ON notes (created_at) WHERE done = 0;

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

-- === VERIFY ===

-- A note that the search index lost, or kept without its note.
SELECT id FROM notes EXCEPT SELECT id FROM notes_fts_docsize;
SELECT id FROM notes_fts_docsize EXCEPT SELECT id FROM notes;

-- === TEST ===

INSERT INTO notes (id, title, body, done, created_at) VALUES
    (401, 'Two tags, open', 'first', 0, '2026-11-01 10:00:00'),
    (402, 'One tag, done', 'second', 1, '2026-11-01 10:05:00'),
    (403, 'No tag', '', 0, '2026-11-01 10:10:00');
INSERT INTO tags (id, name) VALUES (401, 'garden'), (402, 'letters');
INSERT INTO note_tag (note_id, tag_id) VALUES (401, 401), (401, 402), (402, 401);
