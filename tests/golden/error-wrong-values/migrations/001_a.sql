-- Transaction: yes
-- Foreign-Keys: maybe
-- Irreversible:
-- Lossy:   
-- Depends:
-- Migration:
-- up
CREATE TABLE a(x);
-- down
DROP TABLE a;
