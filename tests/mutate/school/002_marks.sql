-- Description: marks, which nobody may change
-- up
CREATE TABLE marks (
    pupil INTEGER NOT NULL REFERENCES pupils (id) ON DELETE CASCADE,
    subject TEXT NOT NULL,
    term INTEGER NOT NULL,
    points REAL NOT NULL,
    remark TEXT,
    PRIMARY KEY (pupil, subject, term)
) WITHOUT ROWID;
CREATE TRIGGER marks_stay BEFORE UPDATE OF points ON marks
BEGIN
    SELECT RAISE(ABORT, 'a mark stays as it is');
END;
CREATE VIEW averages AS SELECT pupil, avg(points) AS points FROM marks GROUP BY pupil;
-- down
DROP VIEW averages;
DROP TABLE marks;
