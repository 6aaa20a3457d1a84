-- Irreversible: nobody needs it

-- up
DROP TABLE log;
