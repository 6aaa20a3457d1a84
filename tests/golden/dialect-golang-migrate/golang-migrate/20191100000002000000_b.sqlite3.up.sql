CREATE TABLE specific(x);
