-- up
CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE diary(id INTEGER PRIMARY KEY, said TEXT);
CREATE TRIGGER item_tidy AFTER INSERT ON item BEGIN
    UPDATE item SET name = replace(new.name, 'x') WHERE id = new.id;
END;
CREATE TRIGGER item_fine AFTER UPDATE ON item BEGIN
    INSERT INTO diary(said) VALUES (slug(new.name));
END;
CREATE TRIGGER item_noted AFTER DELETE ON item BEGIN
    INSERT INTO diary VALUES (old.name);
END;
CREATE VIEW pairs AS SELECT id FROM item JOIN diary;
CREATE VIEW totals AS SELECT name FROM item WHERE count(*) > 1;
CREATE VIEW good AS SELECT item.id, slug(name) AS slug FROM item;
CREATE TRIGGER good_written INSTEAD OF INSERT ON good BEGIN
    INSERT INTO item(nmae) VALUES (new.slug);
END;
CREATE TABLE tag(id INTEGER PRIMARY KEY, said TEXT);
CREATE TRIGGER tag_right AFTER INSERT ON tag BEGIN
    DELETE FROM diary WHERE said = new.said;
END;
CREATE TRIGGER tag_counted AFTER INSERT ON tag BEGIN
    INSERT INTO diary(id, said) VALUES (new.id);
END;
CREATE TRIGGER tag_caller AFTER INSERT ON diary BEGIN
    INSERT INTO tag(said) VALUES (new.said);
END;
-- down
DROP TABLE tag;
DROP VIEW good;
DROP VIEW totals;
DROP VIEW pairs;
DROP TABLE item;
DROP TABLE diary;
