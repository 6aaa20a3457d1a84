-- up
ALTER TABLE books RENAME TO Works;
ALTER TABLE works RENAME COLUMN year TO released;
ALTER TABLE works ADD COLUMN Stars INT;
UPDATE works SET stars = 5;
-- down
ALTER TABLE works DROP COLUMN stars;
ALTER TABLE works RENAME COLUMN released TO year;
ALTER TABLE works RENAME TO Books;
