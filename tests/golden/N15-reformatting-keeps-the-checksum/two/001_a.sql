-- Description: words only

-- === UP MIGRATION ===
/* a table */ CREATE TABLE a (
    x TEXT DEFAULT 'y  z', -- with a; comment
    y
) ;;
INSERT INTO a VALUES('b',1) -- no semicolon
