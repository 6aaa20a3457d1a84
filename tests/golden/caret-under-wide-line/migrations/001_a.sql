-- up
SELECT 'column 0', 'column 1', 'column 2', 'column 3', 'column 4', 'column 5', 'column 6', 'column 7', 'column 8', 'column 9', 'column 10', 'column 11', 'column 12', 'column 13', 'column 14', 'column 15', 'column 16', 'column 17', 'column 18', 'column 19', 'column 20', 'column 21', 'column 22', 'column 23', 'column 24', 'column 25', 'column 26', 'column 27', 'column 28', 'column 29', 12ab, 'column 0', 'column 1', 'column 2', 'column 3', 'column 4', 'column 5', 'column 6', 'column 7', 'column 8', 'column 9', 'column 10', 'column 11', 'column 12', 'column 13', 'column 14', 'column 15', 'column 16', 'column 17', 'column 18', 'column 19', 'column 20', 'column 21', 'column 22', 'column 23', 'column 24', 'column 25', 'column 26', 'column 27', 'column 28', 'column 29';
-- down
SELECT 1;
