-- Migration: 001_create_books
-- Description: Books and who wrote them
-- Author: Library Team
-- Date: 2026-10-27
-- Tags: schema, books

-- === UP MIGRATION ===
CREATE TABLE books(
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL
);
INSERT INTO books(title) VALUES ('Emma'), ('Dracula');

-- === DOWN MIGRATION ===
DROP TABLE books;
