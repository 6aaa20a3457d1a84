-- up
CREATE TABLE task(id INTEGER PRIMARY KEY, priority TEXT NOT NULL CHECK (priority IN ('low', 'high', '3')));
CREATE TABLE place(id INTEGER PRIMARY KEY, floor TEXT);
-- down
DROP TABLE place;
DROP TABLE task;
