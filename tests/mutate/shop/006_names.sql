-- Description: First and last names by themselves

-- up
ALTER TABLE customers ADD COLUMN first_name TEXT NOT NULL DEFAULT '';
ALTER TABLE customers ADD COLUMN last_name TEXT NOT NULL DEFAULT '';
UPDATE customers SET first_name = substr(name, 1, instr(name || ' ', ' ') - 1),
                     last_name = trim(substr(name, instr(name || ' ', ' ')));
DROP INDEX customers_joined;
CREATE TABLE customers_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL COLLATE NOCASE UNIQUE,
    first_name TEXT NOT NULL DEFAULT '',
    last_name TEXT NOT NULL DEFAULT '',
    joined_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO sqlite_sequence (name, seq) SELECT 'customers_new', seq FROM sqlite_sequence WHERE name = 'customers';
INSERT INTO customers_new SELECT id, email, first_name, last_name, joined_at FROM customers;
DROP TABLE customers;
ALTER TABLE customers_new RENAME TO customers;
CREATE INDEX customers_name ON customers (last_name, first_name);

-- down
DROP INDEX customers_name;
CREATE TABLE customers_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL COLLATE NOCASE UNIQUE,
    name TEXT NOT NULL DEFAULT '',
    joined_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO sqlite_sequence (name, seq) SELECT 'customers_new', seq FROM sqlite_sequence WHERE name = 'customers';
INSERT INTO customers_new SELECT id, email, trim(first_name || ' ' || last_name), joined_at FROM customers;
DROP TABLE customers;
ALTER TABLE customers_new RENAME TO customers;
CREATE INDEX customers_joined ON customers (joined_at DESC);

-- test
INSERT INTO customers (id, email, name, joined_at) VALUES
    (11, 'cy@example.com', 'Cy Clay', '2026-01-01'),
    (12, 'di@example.com', 'Di', '2026-01-02'),
    (13, 'ed@example.com', '', '2026-01-03');
