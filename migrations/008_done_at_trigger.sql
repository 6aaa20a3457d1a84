-- Migration: 008_done_at_trigger
-- Description: The database itself keeps done_at in step with done
-- Author: Jon Falk
-- Date: 2026-11-17
-- Depends: 005_record_when_done
-- Tags: schema

-- === UP MIGRATION ===

-- A note done twice keeps its first time; one that is opened again has none.
CREATE TRIGGER notes_done_at AFTER UPDATE OF done ON notes
WHEN new.done <> old.done
BEGIN
    UPDATE notes
       SET done_at = CASE new.done WHEN 1 THEN CURRENT_TIMESTAMP ELSE NULL END
     WHERE id = new.id;
END;

-- === DOWN MIGRATION ===

DROP TRIGGER notes_done_at;
