-- RedefineTables
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_a" ("x" INTEGER NOT NULL PRIMARY KEY, "y" TEXT);
INSERT INTO "new_a" ("x") SELECT "x" FROM "a";
DROP TABLE "a";
ALTER TABLE "new_a" RENAME TO "a";
PRAGMA foreign_key_check;
PRAGMA foreign_keys=ON;
