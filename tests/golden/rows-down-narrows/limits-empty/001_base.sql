-- up
CREATE TABLE review(id INTEGER PRIMARY KEY, word TEXT CHECK(length(word) > 0), title TEXT CHECK(length(title) < 9223372036854775807));
-- down
DROP TABLE review;
