-- up
CREATE TABLE spot(photo INTEGER PRIMARY KEY, x INTEGER);
INSERT INTO spot SELECT id, x FROM photo;
-- down
DROP TABLE spot;
