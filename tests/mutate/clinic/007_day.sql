-- Description: The list of a day

-- up
CREATE VIEW day AS
    SELECT a.starts_at, a.minutes, a.state, p.name AS patient, d.name AS doctor, d.room
    FROM appointment AS a
    JOIN patient AS p ON p.id = a.patient
    JOIN doctor AS d ON d.id = a.doctor
    WHERE a.state <> 'cancelled';
CREATE INDEX appointment_open ON appointment (starts_at) WHERE state IN ('booked', 'waiting');

-- down
DROP INDEX appointment_open;
DROP VIEW day;
