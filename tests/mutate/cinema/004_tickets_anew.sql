-- Description: tickets have a code, and their trigger comes back
-- up
CREATE TABLE tickets_new (
    id INTEGER PRIMARY KEY,
    show INTEGER NOT NULL REFERENCES shows (id) ON DELETE CASCADE,
    seat TEXT NOT NULL,
    buyer TEXT,
    mail TEXT,
    code TEXT UNIQUE,
    paid INTEGER NOT NULL DEFAULT 0,
    UNIQUE (show, seat)
) STRICT;
INSERT INTO tickets_new (id, show, seat, buyer, paid)
    SELECT id, show, seat, buyer, paid FROM tickets;
DROP TABLE tickets;
ALTER TABLE tickets_new RENAME TO tickets;
CREATE TRIGGER tickets_sold AFTER INSERT ON tickets
BEGIN
    INSERT INTO ticket_log (ticket, what) VALUES (new.id, 'sold');
END;
-- down
CREATE TABLE tickets_old (
    id INTEGER PRIMARY KEY,
    show INTEGER NOT NULL REFERENCES shows (id) ON DELETE CASCADE,
    seat TEXT NOT NULL,
    buyer TEXT,
    paid INTEGER NOT NULL DEFAULT 0,
    UNIQUE (show, seat)
) STRICT;
INSERT INTO tickets_old (id, show, seat, buyer, paid)
    SELECT id, show, seat, buyer, paid FROM tickets;
DROP TABLE tickets;
ALTER TABLE tickets_old RENAME TO tickets;
CREATE TRIGGER tickets_sold AFTER INSERT ON tickets
BEGIN
    INSERT INTO ticket_log (ticket, what) VALUES (new.id, 'sold');
END;
