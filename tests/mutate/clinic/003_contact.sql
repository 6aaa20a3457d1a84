-- Description: Telephone and mail of patients

-- up
ALTER TABLE patient ADD COLUMN phone TEXT;
ALTER TABLE patient ADD COLUMN mail TEXT;
ALTER TABLE patient ADD COLUMN reminded INTEGER NOT NULL DEFAULT 1;

-- down
ALTER TABLE patient DROP COLUMN reminded;
ALTER TABLE patient DROP COLUMN mail;
ALTER TABLE patient DROP COLUMN phone;
