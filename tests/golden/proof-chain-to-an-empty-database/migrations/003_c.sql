-- up
CREATE VIEW c AS SELECT b.id FROM b JOIN a ON a.id = b.a;
-- down
DROP VIEW c;
