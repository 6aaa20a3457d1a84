-- Irreversible: an example

-- up
ALTER TABLE books ADD COLUMN set_name TEXT DEFAULT 'migc_events' REFERENCES "migc_migrations"(set_name);
CREATE TABLE marks(id INTEGER PRIMARY KEY, seen INTEGER REFERENCES books, event INTEGER REFERENCES Migc_Events(id));
CREATE TRIGGER forget AFTER DELETE ON books BEGIN SELECT 'migc'; DELETE FROM migc_migrations WHERE version = old.id; END;
