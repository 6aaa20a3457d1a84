-- up
CREATE TABLE stay(
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL CHECK(state IN ('booked', 'paid')),
    paid INTEGER CHECK(paid BETWEEN 10 AND 20),
    code BLOB NOT NULL CHECK(length(code) = 20),
    CONSTRAINT sound CHECK((state = 'paid') = (paid IS NOT NULL))
);
-- down
DROP TABLE stay;
