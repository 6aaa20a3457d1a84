-- up
CREATE TABLE job(id INTEGER PRIMARY KEY, state TEXT NOT NULL CHECK(state IN ('new','done')));
-- down
DROP TABLE job;
