-- Migration: 002_add_year
-- Description: When a book appeared
-- Depends: 001_create_books
-- Lossy: the years are forgotten

-- === UP MIGRATION ===
ALTER TABLE books ADD COLUMN year INTEGER;
UPDATE books SET year = 1815 WHERE title = 'Emma';

-- === DOWN MIGRATION ===
ALTER TABLE books DROP COLUMN year;

-- === VERIFY ===
SELECT title FROM books WHERE year > 2100;
