-- up
-- call: notes
-- call: notes_migrations
-- call: notes_more
-- down
SELECT 1;
