-- Lossy: phone numbers are forgotten
-- up
ALTER TABLE users DROP COLUMN phone;
-- down
ALTER TABLE users ADD COLUMN phone INTEGER;
