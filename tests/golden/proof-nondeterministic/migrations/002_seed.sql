-- up
INSERT INTO users (id) VALUES (1);
-- down
DELETE FROM users WHERE id = 1;
