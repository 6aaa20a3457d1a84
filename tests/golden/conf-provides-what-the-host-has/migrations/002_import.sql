-- === UP MIGRATION ===
CREATE VIRTUAL TABLE imported USING csv(filename='pages.csv', title TEXT, body TEXT);
INSERT INTO pages(title) SELECT title FROM imported WHERE body <> '';

-- === DOWN MIGRATION ===
DROP TABLE imported;
