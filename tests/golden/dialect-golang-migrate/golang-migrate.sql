CREATE TABLE a(x);
CREATE TABLE specific(x);
