-- Description: Who buys

-- up
CREATE TABLE customers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL COLLATE NOCASE UNIQUE,
    name TEXT NOT NULL DEFAULT '',
    joined_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX customers_joined ON customers (joined_at DESC);

-- down
DROP INDEX customers_joined;
DROP TABLE customers;
