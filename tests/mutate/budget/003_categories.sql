-- Description: Categories in a tree

-- up
CREATE TABLE category (
    id INTEGER PRIMARY KEY,
    parent INTEGER REFERENCES category (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    UNIQUE (parent, name)
);
INSERT INTO category (id, parent, name) VALUES (1, NULL, 'Income'), (2, NULL, 'Living'), (3, 2, 'Rent');
ALTER TABLE booking ADD COLUMN category INTEGER REFERENCES category (id) ON DELETE SET NULL;
UPDATE booking SET category = 1 WHERE cents > 0;
CREATE INDEX booking_category ON booking (category);

-- down
DROP INDEX booking_category;
ALTER TABLE booking DROP COLUMN category;
DROP TABLE category;
