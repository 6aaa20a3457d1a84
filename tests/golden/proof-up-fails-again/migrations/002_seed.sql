-- Lossy: roles stay
-- up
INSERT INTO roles VALUES ('admin');
-- down
SELECT 1;
