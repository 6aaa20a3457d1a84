-- Description: 'name' becomes 'full_name'; cards are written in capitals

-- up
DROP VIEW overdue;
ALTER TABLE reader RENAME COLUMN name TO full_name;
CREATE VIEW overdue AS
    SELECT l.id, r.full_name, b.title, l.due_on
    FROM loan AS l JOIN reader AS r ON r.id = l.reader JOIN book AS b ON b.id = l.book
    WHERE l.back_on IS NULL;

-- down
DROP VIEW overdue;
ALTER TABLE reader RENAME COLUMN full_name TO name;
CREATE VIEW overdue AS
    SELECT l.id, r.name, b.title, l.due_on
    FROM loan AS l JOIN reader AS r ON r.id = l.reader JOIN book AS b ON b.id = l.book
    WHERE l.back_on IS NULL;
