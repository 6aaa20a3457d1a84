-- up
CREATE TABLE books(id INTEGER PRIMARY KEY);
DELETE FROM migc_events WHERE action = 'failed';
CREATE VIEW applied AS SELECT name FROM migc_migrations;
CREATE TRIGGER told AFTER INSERT ON "MIGC_EVENTS" BEGIN SELECT 1; END;
INSERT INTO books SELECT version FROM migc_migrations WHERE 0;

-- down
DROP TABLE books;
DROP VIEW applied;
DROP TABLE IF EXISTS main.migc_migrations;
