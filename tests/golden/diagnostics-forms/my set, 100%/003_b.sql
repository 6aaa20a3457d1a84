-- up
CREATE TABLE b(
    x TEXT
);
UPDATE b SET x = '🍎é', yy = 1;
-- down
DROP TABLE b;
