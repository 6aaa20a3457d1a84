-- up
CREATE TABLE alarm (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    device INTEGER NOT NULL,
    at INTEGER NOT NULL,
    level INTEGER NOT NULL DEFAULT 1,
    message TEXT NOT NULL,
    FOREIGN KEY (device, at) REFERENCES reading (device, at) ON DELETE CASCADE
);
CREATE INDEX alarm_reading ON alarm (device, at);
CREATE TRIGGER reading_high AFTER INSERT ON reading WHEN new.value > 1000 BEGIN
    INSERT INTO alarm (device, at, level, message) VALUES (new.device, new.at, 2, 'too high');
END;

-- down
DROP TRIGGER reading_high;
DROP TABLE alarm;
