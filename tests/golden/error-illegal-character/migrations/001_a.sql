-- up
SELECT	'é€𝄞', {{name}};
SELECT \;
-- down
SELECT 1;
