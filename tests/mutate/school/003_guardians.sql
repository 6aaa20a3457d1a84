-- Description: guardians, from the phone numbers that pupils have
-- up
CREATE TABLE guardians (
    id INTEGER PRIMARY KEY,
    pupil INTEGER NOT NULL REFERENCES pupils (id) ON DELETE CASCADE,
    name TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL
);
INSERT INTO guardians (pupil, phone) SELECT id, phone FROM pupils WHERE phone IS NOT NULL;
CREATE INDEX guardians_pupil ON guardians (pupil);
-- down
DROP TABLE guardians;
