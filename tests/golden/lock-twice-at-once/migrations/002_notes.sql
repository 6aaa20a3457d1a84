-- up
CREATE TABLE notes(x);
-- down
DROP TABLE notes;
