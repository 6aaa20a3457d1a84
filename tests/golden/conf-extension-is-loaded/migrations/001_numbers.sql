-- === UP MIGRATION ===
CREATE TABLE numbers(n INTEGER CHECK (n = 4));
INSERT INTO numbers VALUES(twice(2));

-- === DOWN MIGRATION ===
DROP TABLE numbers;
