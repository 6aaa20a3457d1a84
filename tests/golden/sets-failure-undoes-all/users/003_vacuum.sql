-- Transaction: none
-- Irreversible: nothing to take back
-- up
VACUUM;
PRAGMA optimize;
