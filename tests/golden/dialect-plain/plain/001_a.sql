CREATE TABLE a(x);
INSERT INTO schema_migrations VALUES (1);
