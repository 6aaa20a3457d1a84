-- Tables of the shop
-- +goose Up
-- up: customers
CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT) -- no semicolon
-- +goose Down
DROP TABLE customer;
