-- Migration: 001_create_users
-- Description: Users with authentication
-- Author: Dev Team
-- Date: 2025-10-27
-- Depends: 000_base
-- Tags: users, auth
-- Lossy: phone numbers are forgotten

-- === UP MIGRATION ===
CREATE TABLE users(
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL
);
-- call: backfill_display_names

-- === DOWN MIGRATION ===
DROP TABLE users;

-- === VERIFY ===
SELECT id FROM users WHERE email = '';

-- === TEST ===
INSERT INTO people VALUES ('Ann');
