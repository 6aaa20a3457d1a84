-- === UP MIGRATION ===
CREATE TABLE pages(
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL COLLATE german,
    slug TEXT AS (slug(title)) STORED
);
CREATE INDEX pages_slug ON pages(slug(title));
INSERT INTO pages(title) VALUES('Über uns');

-- === DOWN MIGRATION ===
DROP TABLE pages;
