-- Transaction: none
-- Irreversible: nothing to revert
-- up
VACUUM;
PRAGMA optimize;
