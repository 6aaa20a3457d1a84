-- Depends: 001_people, core/003_owners
-- up
ALTER TABLE person ADD COLUMN nick TEXT;
UPDATE person SET nick = 'owner' WHERE id IN (SELECT person FROM owner);
-- down
ALTER TABLE person DROP COLUMN nick;
