-- up
DROP VIEW item_view;
CREATE VIEW item_view AS SELECT id, label AS name FROM item;
-- down
DROP VIEW item_view;
CREATE VIEW item_view AS SELECT id, label FROM item;
CREATE TRIGGER item_view_ins INSTEAD OF INSERT ON item_view BEGIN INSERT INTO item(label) VALUES(new.label); END;
