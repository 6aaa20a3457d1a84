-- up
CREATE TABLE box_new(id INTEGER PRIMARY KEY, w REAL, h REAL, area REAL);
INSERT INTO box_new(id, w, h) SELECT id, w, h FROM box;
DROP TABLE box;
ALTER TABLE box_new RENAME TO box;
UPDATE box SET area = w * h;
-- down
CREATE TABLE box_new(id INTEGER PRIMARY KEY, w REAL, h REAL, area REAL AS (w*h));
INSERT INTO box_new(id, w, h) SELECT id, w, h FROM box;
DROP TABLE box;
ALTER TABLE box_new RENAME TO box;
