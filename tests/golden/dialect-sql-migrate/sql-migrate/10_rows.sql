-- +migrate Up
INSERT INTO a VALUES (1);
