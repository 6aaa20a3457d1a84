-- up
CREATE TABLE NewAuthors(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, born TEXT);
INSERT INTO newauthors(id, name) SELECT id, name FROM "author's";
DROP TABLE "Author's";
ALTER TABLE NewAuthors RENAME TO "Author's";
-- down
CREATE TABLE "Old Author's"(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT);
INSERT INTO sqlite_sequence(name, seq) SELECT 'Old Author''s', seq FROM sqlite_sequence WHERE name = 'Author''s';
INSERT INTO "Old Author's"(id, name) SELECT id, name FROM "Author's";
DROP TABLE "Author's";
ALTER TABLE "Old Author's" RENAME TO "Author's";
