-- up
CREATE TABLE "a
-- down
"(`b
-- down
`, [c
-- down
]);
-- down
DROP TABLE "a
-- down
";
