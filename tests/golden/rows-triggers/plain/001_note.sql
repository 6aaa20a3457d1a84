-- up
CREATE TABLE note(id INTEGER PRIMARY KEY, body TEXT);
CREATE TABLE log(id INTEGER PRIMARY KEY, body TEXT);
CREATE TRIGGER note_in AFTER INSERT ON note BEGIN
  INSERT INTO log(body) VALUES(json('[' || new.body));
END;
-- down
DROP TABLE log;
DROP TABLE note;
