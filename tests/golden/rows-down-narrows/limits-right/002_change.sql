-- up
CREATE TABLE n(id INTEGER PRIMARY KEY, stars INTEGER CHECK(0 < stars AND stars <= 10), word TEXT CHECK(length(word) < 41));
INSERT INTO n SELECT id, stars, word FROM review;
DROP TABLE review;
ALTER TABLE n RENAME TO review;
-- down
CREATE TABLE o(id INTEGER PRIMARY KEY, stars INTEGER CHECK(stars BETWEEN 1 AND 5), word TEXT CHECK(length(word) <= 10));
INSERT INTO o SELECT id, min(stars, 5), substr(word, 1, 10) FROM review;
DROP TABLE review;
ALTER TABLE o RENAME TO review;
