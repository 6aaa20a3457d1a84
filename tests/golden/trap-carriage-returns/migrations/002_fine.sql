-- up
CREATE TABLE u(a TEXT DEFAULT 'xy'); -- fine 

-- down
DROP TABLE u;