-- up

/* Two statements on one line, a tab, and letters that are wide. */
CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE größe (
	länge INTEGER,
	breite INTEGER,
	fläche INTEGER AS (länge * briete)
);
-- down
DROP TABLE a;
