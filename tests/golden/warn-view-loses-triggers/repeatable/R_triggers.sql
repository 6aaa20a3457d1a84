-- up
DROP TRIGGER IF EXISTS item_view_ins;
CREATE TRIGGER item_view_ins INSTEAD OF INSERT ON item_view BEGIN INSERT INTO item(label) VALUES(new.name); END;
-- down
DROP TRIGGER IF EXISTS item_view_ins;
