-- down
DROP TABLE a;
