-- Description: A place has a name once

-- up
CREATE TABLE place (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    note TEXT
);
INSERT INTO place (name) SELECT DISTINCT place FROM device WHERE place IS NOT NULL;
CREATE TABLE device_new (
    id INTEGER PRIMARY KEY,
    serial TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('thermometer', 'scale', 'meter')),
    place INTEGER REFERENCES place (id),
    unit TEXT NOT NULL DEFAULT ''
);
INSERT INTO device_new (id, serial, kind, place, unit)
    SELECT d.id, d.serial, d.kind, p.id, d.unit FROM device AS d LEFT JOIN place AS p ON p.name = d.place;
DROP TABLE device;
ALTER TABLE device_new RENAME TO device;
CREATE INDEX device_place ON device (place);

-- down
CREATE TABLE device_old (
    id INTEGER PRIMARY KEY,
    serial TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('thermometer', 'scale', 'meter')),
    place TEXT,
    unit TEXT NOT NULL DEFAULT ''
);
INSERT INTO device_old (id, serial, kind, place, unit)
    SELECT d.id, d.serial, d.kind, p.name, d.unit FROM device AS d LEFT JOIN place AS p ON p.id = d.place;
DROP TABLE device;
ALTER TABLE device_old RENAME TO device;
DROP TABLE place;
