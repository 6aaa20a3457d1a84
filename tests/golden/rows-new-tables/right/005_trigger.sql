-- up
CREATE TRIGGER device_seen AFTER UPDATE ON device BEGIN
    INSERT INTO heard(serial) VALUES(new.serial);
END;
-- down
DROP TRIGGER device_seen;
