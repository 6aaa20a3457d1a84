-- Description: Serial numbers in capitals, and a computed column

-- up
UPDATE device SET serial = upper(serial)
    WHERE NOT EXISTS (SELECT 1 FROM device AS d WHERE d.serial = upper(device.serial));
ALTER TABLE reading ADD COLUMN at_seconds INTEGER GENERATED ALWAYS AS (at / 1000) VIRTUAL;
CREATE INDEX reading_seconds ON reading (at_seconds);
CREATE VIEW latest AS
    SELECT d.serial, d.unit, r.value, max(r.at) AS at
    FROM device AS d JOIN reading AS r ON r.device = d.id GROUP BY d.id;

-- down
DROP VIEW latest;
DROP INDEX reading_seconds;
ALTER TABLE reading DROP COLUMN at_seconds;
