-- up
CREATE TABLE a(
    x, -- the x; of it
    y /* why */
) -- not this
;
-- down
DROP TABLE a;
