-- Description: What was sold, and what is left of it

-- up
CREATE VIEW sales AS
SELECT p.sku, p.category, sum(l.quantity) AS sold, sum(l.total) AS earned
  FROM lines AS l JOIN products AS p ON p.id = l.product
 GROUP BY p.sku, p.category;

CREATE TRIGGER lines_insert AFTER INSERT ON lines
WHEN new.quantity > 0
BEGIN
    UPDATE products SET stock = stock - new.quantity WHERE id = new.product;
    UPDATE orders SET state = CASE WHEN state = 'sent' THEN 'paid' ELSE state END WHERE id = new.order_id;
END;

-- down
DROP TRIGGER lines_insert;
DROP VIEW sales;
