-- up
UPDATE users SET phone = "none" WHERE phone IS NULL;
CREATE TABLE "tasks" (
    "id" INTEGER PRIMARY KEY,
    "state" TEXT NOT NULL DEFAULT 'open' CHECK ("state" IN ("open", 'done')),
    CONSTRAINT "sane" CHECK ("id" > 0)
);
CREATE VIEW "done_tasks" AS SELECT "id" AS "number" FROM "tasks" WHERE "state" = "done";
CREATE TRIGGER tasks_done AFTER UPDATE ON tasks WHEN new.state = "done" BEGIN
    DELETE FROM users WHERE phone = 'none';
END;
INSERT INTO "tasks" ("state") SELECT "found"."email" FROM "users" AS "found" WHERE 0;
-- down
DROP VIEW done_tasks;
DROP TABLE tasks;
-- verify
   SELECT id FROM tasks WHERE state = "lost";
