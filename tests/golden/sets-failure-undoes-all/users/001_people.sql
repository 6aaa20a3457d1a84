-- Depends: core/002_accounts
-- up
CREATE TABLE person(id INTEGER PRIMARY KEY, account INTEGER NOT NULL UNIQUE REFERENCES account(id));
INSERT INTO person(account) SELECT id FROM account;
-- down
DROP TABLE person;
