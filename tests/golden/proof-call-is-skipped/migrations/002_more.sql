-- up
ALTER TABLE users ADD COLUMN email TEXT;
-- down
-- call: save_emails
ALTER TABLE users DROP COLUMN email;
