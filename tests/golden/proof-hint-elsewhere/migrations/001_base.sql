-- up
CREATE TABLE film(id INTEGER PRIMARY KEY, title TEXT, year INTEGER, slug TEXT DEFAULT (slug_of()) NOT NULL);
CREATE TABLE log(id INTEGER PRIMARY KEY, said TEXT);
CREATE TRIGGER film_added AFTER INSERT ON film BEGIN
    INSERT INTO log(siad) VALUES (new.title);
END;
CREATE VIEW old_films AS SELECT title FROM film WHERE yaer < 1950;
-- down
INSERT INTO film(title) VALUES ('M');
DROP TABLE log;
