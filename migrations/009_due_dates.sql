-- Migration: 009_due_dates
-- Description: A note can be due on a day
-- Author: Ines Maier
-- Date: 2026-11-20
-- Depends: 006_note_list_view
-- Tags: schema

-- === UP MIGRATION ===

-- date() returns NULL for what is no date and another day for 30 February, so
-- the column holds real days, written as 2026-12-24, or nothing.
ALTER TABLE notes ADD COLUMN due_on TEXT CHECK (due_on IS date(due_on));

DROP VIEW note_list;
CREATE VIEW note_list AS
SELECT id, title, done, done_at, due_on, created_at,
       (SELECT group_concat('#' || name, ' ')
          FROM (SELECT tags.name
                  FROM note_tag JOIN tags ON tags.id = note_tag.tag_id
                 WHERE note_tag.note_id = notes.id
                 ORDER BY tags.name)) AS tags
  FROM notes;

-- === DOWN MIGRATION ===

-- The view goes first: a column that a view mentions cannot be dropped.
DROP VIEW note_list;
ALTER TABLE notes DROP COLUMN due_on;

CREATE VIEW note_list AS
SELECT id, title, done, done_at, created_at,
       (SELECT group_concat('#' || name, ' ')
          FROM (SELECT tags.name
                  FROM note_tag JOIN tags ON tags.id = note_tag.tag_id
                 WHERE note_tag.note_id = notes.id
                 ORDER BY tags.name)) AS tags
  FROM notes;
