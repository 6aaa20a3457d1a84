-- Description: Times are milliseconds

-- up
UPDATE alarm SET at = at * 1000;
CREATE TABLE reading_new (
    device INTEGER NOT NULL REFERENCES device (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    value REAL NOT NULL,
    quality INTEGER CHECK (quality BETWEEN 0 AND 100),
    PRIMARY KEY (device, at)
) WITHOUT ROWID;
INSERT INTO reading_new (device, at, value, quality)
    SELECT device, at * 1000, value, quality FROM reading;
DROP TABLE reading;
ALTER TABLE reading_new RENAME TO reading;
CREATE TRIGGER reading_high AFTER INSERT ON reading WHEN new.value > 1000 BEGIN
    INSERT INTO alarm (device, at, level, message) VALUES (new.device, new.at, 2, 'too high');
END;

-- down
UPDATE alarm SET at = at / 1000;
UPDATE reading SET at = at / 1000;
