-- +GOOSE UP
-- +goose envsub on
CREATE TABLE ${PREFIX}_t(x DEFAULT '${WHO:-nobody}');
-- +goose ENVSUB OFF
INSERT INTO ${none} VALUES ('${literal}');
-- +goose Down
DROP TABLE app_t;
