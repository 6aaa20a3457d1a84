-- up
INSERT INTO orgs VALUES (1);
INSERT INTO users VALUES (1, 1);
-- down
DELETE FROM orgs;
