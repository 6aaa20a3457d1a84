-- up
CREATE VIRTUAL TABLE place_box USING rtree(id, x0, x1, y0, y1);
CREATE TRIGGER place_ai AFTER INSERT ON place BEGIN INSERT INTO place_box VALUES(new.id, new.x, new.x, new.y, new.y); END;
-- down
DROP TRIGGER place_ai;
DROP TABLE place_box;
