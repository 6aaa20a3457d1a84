-- Migration: 001_initial_schema
-- Description: Notes, tags, and which note has which tag
-- Author: Ines Maier
-- Date: 2026-11-02
-- Tags: schema

-- === UP MIGRATION ===

CREATE TABLE notes (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    body TEXT NOT NULL DEFAULT '',
    done INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- "Home" and "home" are one tag, spelled as it was first written.
CREATE TABLE tags (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE
);

CREATE TABLE note_tag (
    note_id INTEGER NOT NULL REFERENCES notes (id) ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (note_id, tag_id)
) WITHOUT ROWID;

-- === DOWN MIGRATION ===

DROP TABLE note_tag;
DROP TABLE tags;
DROP TABLE notes;
