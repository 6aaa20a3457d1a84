-- up
CREATE VIEW user_list AS SELECT email FROM users;
-- down
DROP VIEW users_list;
