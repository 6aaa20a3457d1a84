-- Description: Appointments, with a state

-- up
CREATE TABLE appointment (
    id INTEGER PRIMARY KEY,
    patient INTEGER NOT NULL REFERENCES patient (id) ON DELETE CASCADE,
    doctor INTEGER NOT NULL REFERENCES doctor (id),
    starts_at INTEGER NOT NULL,
    minutes INTEGER NOT NULL DEFAULT 15 CHECK (minutes BETWEEN 5 AND 240),
    state TEXT NOT NULL DEFAULT 'booked' CHECK (state IN ('booked', 'came', 'missed', 'cancelled')),
    UNIQUE (doctor, starts_at)
);
CREATE INDEX appointment_patient ON appointment (patient, starts_at);

-- down
DROP TABLE appointment;
