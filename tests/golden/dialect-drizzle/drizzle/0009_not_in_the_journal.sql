CREATE TABLE stray(x);
