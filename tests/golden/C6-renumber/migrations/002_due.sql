-- Migration: 002_due
-- Depends: 001_users
-- up
CREATE TABLE due(x);
-- down
DROP TABLE due;
