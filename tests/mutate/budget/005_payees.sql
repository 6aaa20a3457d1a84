-- Description: The payee is told apart from the text

-- up
CREATE TABLE payee (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);
INSERT INTO payee (name) SELECT DISTINCT trim(substr(text, 1, instr(text, ':') - 1)) FROM booking
    WHERE instr(text, ':') > 1;
ALTER TABLE booking ADD COLUMN payee INTEGER REFERENCES payee (id);
UPDATE booking SET payee = (SELECT id FROM payee WHERE name = trim(substr(text, 1, instr(text, ':') - 1)))
    WHERE instr(text, ':') > 1;
CREATE INDEX booking_payee ON booking (payee);

-- down
DROP INDEX booking_payee;
ALTER TABLE booking DROP COLUMN payee;
DROP TABLE payee;
