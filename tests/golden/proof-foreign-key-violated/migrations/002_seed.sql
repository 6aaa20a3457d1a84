-- up
INSERT INTO orgs VALUES (1);
INSERT INTO users VALUES (7, 1), (8, 2);
-- down
DELETE FROM users WHERE id IN (7, 8);
DELETE FROM orgs WHERE id = 1;
