-- up
CREATE TABLE a(x);
<<<<<<< HEAD
CREATE TABLE b(x);
-- down
||||||| base
=======
CREATE TABLE c(
-- down
>>>>>>> feature
DROP TABLE a;
<<<<<<< HEAD
=======
>>>>>>> feature
