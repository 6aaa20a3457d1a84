-- up
CREATE TABLE visit(
    id INTEGER PRIMARY KEY,
    minutes INTEGER NOT NULL CHECK (minutes > 0),
    state TEXT NOT NULL CHECK (state IN ('booked', 'came'))
);
-- down
DROP TABLE visit;
