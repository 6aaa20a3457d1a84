-- up
CREATE TABLE visit_new(
    id INTEGER PRIMARY KEY,
    minutes INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('booked', 'came', 'missed'))
);
INSERT INTO visit_new(id, minutes, state) SELECT id, minutes, state FROM visit;
DROP TABLE visit;
ALTER TABLE visit_new RENAME TO visit;
-- down
CREATE TABLE visit_new(
    id INTEGER PRIMARY KEY,
    minutes INTEGER NOT NULL CHECK (minutes > 0),
    state TEXT NOT NULL CHECK (state IN ('booked', 'came'))
);
INSERT INTO visit_new(id, minutes, state) SELECT id, minutes, replace(state, 'missed', 'booked') FROM visit;
DROP TABLE visit;
ALTER TABLE visit_new RENAME TO visit;
