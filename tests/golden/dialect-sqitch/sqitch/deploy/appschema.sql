-- Deploy flipr:appschema to sqlite
BEGIN;
CREATE TABLE app(x);
COMMIT;
