-- up
CREATE TABLE [a;b]([o'k] TEXT, `x;"y` INT, "q"";'" INT);
-- down
DROP TABLE [a;b];
