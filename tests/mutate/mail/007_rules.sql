-- Description: Rules that sort new mail, one for each account to begin with

-- up
CREATE TABLE rule (
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('move', 'flag', 'delete')),
    pattern TEXT NOT NULL,
    enabled INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (account, position)
) WITHOUT ROWID;
INSERT INTO rule (account, position, what, pattern)
    SELECT id, 1, 'flag', '%' || address || '%' FROM account;

-- down
DROP TABLE rule;
