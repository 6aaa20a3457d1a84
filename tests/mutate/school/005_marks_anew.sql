-- Description: marks know their teacher and their day
-- up
DROP VIEW averages;
CREATE TABLE marks_new (
    pupil INTEGER NOT NULL REFERENCES pupils (id) ON DELETE CASCADE,
    subject TEXT NOT NULL,
    term INTEGER NOT NULL,
    points REAL NOT NULL,
    remark TEXT,
    teacher TEXT,
    given_on TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (pupil, subject, term)
) WITHOUT ROWID;
INSERT INTO marks_new (pupil, subject, term, points, remark)
    SELECT pupil, subject, term, points, remark FROM marks;
DROP TABLE marks;
ALTER TABLE marks_new RENAME TO marks;
CREATE TRIGGER marks_stay BEFORE UPDATE OF points ON marks
BEGIN
    SELECT RAISE(ABORT, 'a mark stays as it is');
END;
CREATE VIEW averages AS SELECT pupil, avg(points) AS points FROM marks GROUP BY pupil;
-- down
DROP VIEW averages;
CREATE TABLE marks_old (
    pupil INTEGER NOT NULL REFERENCES pupils (id) ON DELETE CASCADE,
    subject TEXT NOT NULL,
    term INTEGER NOT NULL,
    points REAL NOT NULL,
    remark TEXT,
    PRIMARY KEY (pupil, subject, term)
) WITHOUT ROWID;
INSERT INTO marks_old (pupil, subject, term, points, remark)
    SELECT pupil, subject, term, points, remark FROM marks;
DROP TABLE marks;
ALTER TABLE marks_old RENAME TO marks;
CREATE TRIGGER marks_stay BEFORE UPDATE OF points ON marks
BEGIN
    SELECT RAISE(ABORT, 'a mark stays as it is');
END;
CREATE VIEW averages AS SELECT pupil, avg(points) AS points FROM marks GROUP BY pupil;
