-- Migration: 002_add_indexes
-- Description: Indexes for listing what is open and for looking up a tag
-- Author: Ines Maier
-- Date: 2026-11-03
-- Tags: performance

-- === UP MIGRATION ===

-- Most notes end up done; the list asks for those that are not.
CREATE INDEX notes_open ON notes (created_at) WHERE done = 0;

-- The primary key of note_tag begins with the note. Without this one, deleting
-- a tag reads the whole table to find its rows.
CREATE INDEX note_tag_tag_id ON note_tag (tag_id);

-- === DOWN MIGRATION ===

DROP INDEX note_tag_tag_id;
DROP INDEX notes_open;
