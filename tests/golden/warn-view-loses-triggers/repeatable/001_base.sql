-- up
CREATE TABLE item(id INTEGER PRIMARY KEY, label TEXT, price REAL);
CREATE VIEW item_view AS SELECT id, label FROM item;
CREATE TRIGGER item_view_ins INSTEAD OF INSERT ON item_view BEGIN INSERT INTO item(label) VALUES(new.label); END;
-- down
DROP VIEW item_view;
DROP TABLE item;
