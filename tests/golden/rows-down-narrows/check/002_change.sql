-- up
CREATE TABLE job_new(id INTEGER PRIMARY KEY, state TEXT NOT NULL CHECK(state IN ('new','done','failed')));
INSERT INTO job_new SELECT * FROM job;
DROP TABLE job;
ALTER TABLE job_new RENAME TO job;
-- down
CREATE TABLE job_new(id INTEGER PRIMARY KEY, state TEXT NOT NULL CHECK(state IN ('new','done')));
INSERT INTO job_new SELECT * FROM job;
DROP TABLE job;
ALTER TABLE job_new RENAME TO job;
