-- Description: 'missed' is called 'no-show', and a new state 'waiting'

-- up
CREATE TABLE appointment_new (
    id INTEGER PRIMARY KEY,
    patient INTEGER NOT NULL REFERENCES patient (id) ON DELETE CASCADE,
    doctor INTEGER NOT NULL REFERENCES doctor (id),
    starts_at INTEGER NOT NULL,
    minutes INTEGER NOT NULL DEFAULT 15 CHECK (minutes BETWEEN 5 AND 240),
    state TEXT NOT NULL DEFAULT 'booked'
        CHECK (state IN ('booked', 'waiting', 'came', 'no-show', 'cancelled')),
    UNIQUE (doctor, starts_at)
);
INSERT INTO appointment_new (id, patient, doctor, starts_at, minutes, state)
    SELECT id, patient, doctor, starts_at, minutes,
           CASE state WHEN 'missed' THEN 'no-show' ELSE state END
    FROM appointment;
DROP TABLE appointment;
ALTER TABLE appointment_new RENAME TO appointment;
CREATE INDEX appointment_patient ON appointment (patient, starts_at);

-- down
CREATE TABLE appointment_old (
    id INTEGER PRIMARY KEY,
    patient INTEGER NOT NULL REFERENCES patient (id) ON DELETE CASCADE,
    doctor INTEGER NOT NULL REFERENCES doctor (id),
    starts_at INTEGER NOT NULL,
    minutes INTEGER NOT NULL DEFAULT 15 CHECK (minutes BETWEEN 5 AND 240),
    state TEXT NOT NULL DEFAULT 'booked' CHECK (state IN ('booked', 'came', 'missed', 'cancelled')),
    UNIQUE (doctor, starts_at)
);
INSERT INTO appointment_old (id, patient, doctor, starts_at, minutes, state)
    SELECT id, patient, doctor, starts_at, minutes,
           CASE state WHEN 'no-show' THEN 'missed' WHEN 'waiting' THEN 'booked' ELSE state END
    FROM appointment;
DROP TABLE appointment;
ALTER TABLE appointment_old RENAME TO appointment;
CREATE INDEX appointment_patient ON appointment (patient, starts_at);
