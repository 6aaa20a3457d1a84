-- Description: Patients and the practice's doctors

-- up
CREATE TABLE doctor (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    licence TEXT NOT NULL UNIQUE,
    room TEXT
);
CREATE TABLE patient (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    born TEXT NOT NULL CHECK (born GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    sex TEXT NOT NULL DEFAULT 'u' CHECK (sex IN ('f', 'm', 'x', 'u')),
    insurance_number TEXT
);
CREATE INDEX patient_name ON patient (name);

-- down
DROP TABLE patient;
DROP TABLE doctor;
