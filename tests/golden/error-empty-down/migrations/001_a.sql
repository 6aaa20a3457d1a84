-- === UP MIGRATION ===
CREATE TABLE a(x);
-- === DOWN MIGRATION ===
-- later
