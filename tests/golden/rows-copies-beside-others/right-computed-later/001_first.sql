-- Irreversible: the first
-- up
CREATE TABLE box(id INTEGER PRIMARY KEY, w INTEGER, h INTEGER, area INTEGER AS (w * h));
