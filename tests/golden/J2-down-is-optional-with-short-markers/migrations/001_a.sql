-- up
CREATE TABLE a(x);
