-- up
ALTER TABLE users RENAME TO people;
ALTER TABLE people RENAME COLUMN phone TO telephone;
-- down
ALTER TABLE people RENAME COLUMN telephone TO phone;
ALTER TABLE people RENAME TO users;
