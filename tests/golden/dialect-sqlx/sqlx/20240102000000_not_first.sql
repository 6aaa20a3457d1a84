
-- no-transaction
CREATE TABLE b(x);
