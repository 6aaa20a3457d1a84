-- up
CREATE TABLE v(a -- thekey
);
-- down
DROP TABLE v;
