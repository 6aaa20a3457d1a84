-- up
CREATE TABLE item(id INTEGER PRIMARY KEY, state TEXT DEFAULT ‘new’);
CREATE TABLE sale(аmount INTEGER, "a b" TEXT, zero​width TEXT);
CREATE TABLE résumé(от TEXT DEFAULT 'a ‘b’'); -- “quoted”
-- down 
-- — down —
-- down
DROP TABLE résumé;
DROP TABLE sale;
DROP TABLE item;
