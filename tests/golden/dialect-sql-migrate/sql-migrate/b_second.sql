-- +migrate Up
-- +migrate StatementBegin
CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = 1; END;
-- +migrate StatementEnd
-- +migrate Down
DROP TRIGGER t;
