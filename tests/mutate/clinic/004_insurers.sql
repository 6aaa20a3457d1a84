-- Description: The insurer in a table of its own

-- up
CREATE TABLE insurance (
    id INTEGER PRIMARY KEY,
    patient INTEGER NOT NULL UNIQUE REFERENCES patient (id) ON DELETE CASCADE,
    number TEXT NOT NULL,
    valid_until TEXT
);
INSERT INTO insurance (patient, number)
    SELECT id, insurance_number FROM patient WHERE insurance_number IS NOT NULL;
CREATE TABLE patient_new (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    born TEXT NOT NULL CHECK (born GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    sex TEXT NOT NULL DEFAULT 'u' CHECK (sex IN ('f', 'm', 'x', 'u')),
    phone TEXT,
    mail TEXT,
    reminded INTEGER NOT NULL DEFAULT 1
);
INSERT INTO patient_new (id, name, born, sex, phone, mail, reminded)
    SELECT id, name, born, sex, phone, mail, reminded FROM patient;
DROP TABLE patient;
ALTER TABLE patient_new RENAME TO patient;
CREATE INDEX patient_name ON patient (name);

-- down
CREATE TABLE patient_old (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    born TEXT NOT NULL CHECK (born GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    sex TEXT NOT NULL DEFAULT 'u' CHECK (sex IN ('f', 'm', 'x', 'u')),
    insurance_number TEXT,
    phone TEXT,
    mail TEXT,
    reminded INTEGER NOT NULL DEFAULT 1
);
INSERT INTO patient_old (id, name, born, sex, insurance_number, phone, mail, reminded)
    SELECT p.id, p.name, p.born, p.sex, i.number, p.phone, p.mail, p.reminded
    FROM patient AS p LEFT JOIN insurance AS i ON i.patient = p.id;
DROP TABLE insurance;
DROP TABLE patient;
ALTER TABLE patient_old RENAME TO patient;
CREATE INDEX patient_name ON patient (name);
