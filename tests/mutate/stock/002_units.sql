-- up
ALTER TABLE device ADD COLUMN unit TEXT NOT NULL DEFAULT '';
UPDATE device SET unit = CASE kind WHEN 'thermometer' THEN 'C' WHEN 'scale' THEN 'g' ELSE 'kWh' END;
ALTER TABLE reading ADD COLUMN quality INTEGER CHECK (quality BETWEEN 0 AND 100);

-- down
ALTER TABLE reading DROP COLUMN quality;
ALTER TABLE device DROP COLUMN unit;
