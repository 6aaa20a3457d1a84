-- Irreversible: the log is gone
-- up
CREATE TABLE b (id INTEGER PRIMARY KEY);
