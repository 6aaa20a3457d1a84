-- Depends: users/001_people
-- up
CREATE TABLE owner(
    account INTEGER PRIMARY KEY REFERENCES account(id),
    person INTEGER NOT NULL REFERENCES person(id)
);
INSERT INTO owner SELECT account, id FROM person;
-- down
DROP TABLE owner;
