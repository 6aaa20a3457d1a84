-- Description: Flags have a column each

-- up
ALTER TABLE message ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN answered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN flagged INTEGER NOT NULL DEFAULT 0;
UPDATE message SET seen = flags & 1, answered = (flags >> 1) & 1, flagged = (flags >> 2) & 1;

-- down
UPDATE message SET flags = seen | (answered << 1) | (flagged << 2)
    WHERE flags <> (seen | (answered << 1) | (flagged << 2)) AND flags < 8;
ALTER TABLE message DROP COLUMN flagged;
ALTER TABLE message DROP COLUMN answered;
ALTER TABLE message DROP COLUMN seen;
