-- up
CREATE TABLE review(id INTEGER PRIMARY KEY, stars INTEGER CHECK(0 <= stars), sign INTEGER CHECK(7 = sign));
-- down
DROP TABLE review;
