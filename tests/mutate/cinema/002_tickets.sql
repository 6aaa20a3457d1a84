-- Description: tickets, and a log that triggers write
-- up
CREATE TABLE tickets (
    id INTEGER PRIMARY KEY,
    show INTEGER NOT NULL REFERENCES shows (id) ON DELETE CASCADE,
    seat TEXT NOT NULL,
    buyer TEXT,
    paid INTEGER NOT NULL DEFAULT 0,
    UNIQUE (show, seat)
) STRICT;
CREATE TABLE ticket_log (
    id INTEGER PRIMARY KEY,
    ticket INTEGER NOT NULL,
    what TEXT NOT NULL
) STRICT;
CREATE TRIGGER tickets_sold AFTER INSERT ON tickets
BEGIN
    INSERT INTO ticket_log (ticket, what) VALUES (new.id, 'sold');
END;
-- down
DROP TABLE tickets;
DROP TABLE ticket_log;
