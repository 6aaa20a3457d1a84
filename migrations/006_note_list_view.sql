-- Migration: 006_note_list_view
-- Description: A view of the notes as they are listed, with their tags in one column
-- Author: Ines Maier
-- Date: 2026-11-13

-- === UP MIGRATION ===

-- group_concat takes its rows as they come: the inner SELECT puts them in order.
CREATE VIEW note_list AS
SELECT id, title, done, done_at, created_at,
       (SELECT group_concat('#' || name, ' ')
          FROM (SELECT tags.name
                  FROM note_tag JOIN tags ON tags.id = note_tag.tag_id
                 WHERE note_tag.note_id = notes.id
                 ORDER BY tags.name)) AS tags
  FROM notes;

-- === DOWN MIGRATION ===

DROP VIEW note_list;
