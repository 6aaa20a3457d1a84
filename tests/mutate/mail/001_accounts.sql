-- Description: Accounts, folders and messages of a mail program

-- up
CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    address TEXT NOT NULL COLLATE NOCASE UNIQUE,
    host TEXT NOT NULL,
    port INTEGER NOT NULL DEFAULT 993,
    settings TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(settings))
);
CREATE TABLE folder (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    parent INTEGER REFERENCES folder (id) ON DELETE CASCADE,
    UNIQUE (account, path)
);
CREATE INDEX folder_parent ON folder (parent);

-- down
DROP TABLE folder;
DROP TABLE account;
