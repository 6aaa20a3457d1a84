-- up
CREATE TABLE review(id INTEGER PRIMARY KEY, stars INTEGER CHECK(stars BETWEEN 1 AND 5), word TEXT CHECK(length(word) <= 10));
-- down
DROP TABLE review;
