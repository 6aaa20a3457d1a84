DROP TABLE specific;
