-- up
INSERT INTO keys VALUES (hex(randomblob(8)));
-- down
DELETE FROM keys WHERE 1;
