-- Irreversible: the copy is gone
-- Allow: rename: x
-- up
DROP TABLE spot;
