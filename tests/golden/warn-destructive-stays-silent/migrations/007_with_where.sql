-- up
UPDATE people SET name = NULL WHERE name = '';
DELETE FROM mails WHERE address = '';
-- down
SELECT 1;
