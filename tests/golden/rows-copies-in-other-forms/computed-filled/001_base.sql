-- up
CREATE TABLE box(id INTEGER PRIMARY KEY, w REAL, h REAL, area REAL AS (w*h));
-- down
DROP TABLE box;
