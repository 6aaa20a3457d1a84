--- !Ups
ALTER TABLE tasks ADD COLUMN due TEXT;;
--- !Downs
ALTER TABLE tasks DROP COLUMN due;
