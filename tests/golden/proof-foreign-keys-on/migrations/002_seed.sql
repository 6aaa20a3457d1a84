-- Foreign-Keys: on
-- up
INSERT INTO users VALUES (7, 1);
INSERT INTO orgs VALUES (1);
-- down
DELETE FROM users WHERE id = 7;
DELETE FROM orgs WHERE id = 1;
