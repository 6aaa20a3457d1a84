-- Irreversible: drops the log
-- === UP MIGRATION ===
DROP TABLE log;
