-- up
DROP TRIGGER film_added;
DROP VIEW old_films;
ALTER TABLE film RENAME TO movie;
ALTER TABLE movie RENAME COLUMN year TO released;
ALTER TABLE movie DROP COLUMN title;
-- down
INSERT INTO film(id) VALUES (1);
