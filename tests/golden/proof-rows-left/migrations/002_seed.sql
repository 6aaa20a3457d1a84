-- up
INSERT INTO roles VALUES ('admin'), ('staff');
-- down
DELETE FROM roles WHERE name = 'admin';
