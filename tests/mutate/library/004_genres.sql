-- Description: Genres, with a few to begin with

-- up
CREATE TABLE genre (
    code TEXT PRIMARY KEY,
    label TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO genre (code, label) VALUES ('fiction', 'Fiction'), ('science', 'Science'), ('other', 'Other');
ALTER TABLE book ADD COLUMN genre TEXT NOT NULL DEFAULT 'other';
UPDATE book SET genre = 'fiction' WHERE year < 1900;

-- down
ALTER TABLE book DROP COLUMN genre;
DROP TABLE genre;
