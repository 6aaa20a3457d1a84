-- Irreversible: an example

-- up
ALTER TABLE books ADD COLUMN set_name TEXT DEFAULT 'migc_events' REFERENCES "migc_migrations"(set_name);
CREATE TABLE marks(id INTEGER PRIMARY KEY, seen INTEGER REFERENCES books, event INTEGER REFERENCES Migc_Events(id));
CREATE TRIGGER forget AFTER DELETE ON books BEGIN SELECT 'migc'; DELETE FROM migc_migrations WHERE version = old.id; END;
CREATE TRIGGER count_marks AFTER INSERT ON marks BEGIN -- not INTO migc_events
    UPDATE marks SET seen = (SELECT count(*) FROM migc_migrations); SELECT 'INTO migc_events'; END;
CREATE TRIGGER note AFTER INSERT ON marks BEGIN UPDATE OR IGNORE migc_events SET name = ''; END;
CREATE TRIGGER hide AFTER INSERT ON marks BEGIN DELETE FROM ﻿migc_events; END;
