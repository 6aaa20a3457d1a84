-- up
SELECT 'a"b\c	??=??/ é 𝄞 9‮​؜﻿€'
;
-- down
SELECT 1;
