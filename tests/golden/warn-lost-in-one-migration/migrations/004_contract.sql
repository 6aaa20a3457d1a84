-- up
ALTER TABLE photo RENAME TO picture;
ALTER TABLE picture DROP COLUMN x;
-- down
ALTER TABLE picture ADD COLUMN x INTEGER;
UPDATE picture SET x = (SELECT s.x FROM spot s WHERE s.photo = picture.id);
ALTER TABLE picture RENAME TO photo;
