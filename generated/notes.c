/*
 * 9 migrations, emitted by migc.  Edit the SQL, not this file: it is written again
 * whenever the SQL changes.
 */
#include "notes.h"

#if MIGC_ABI != 3
#error "emitted for another migc.h: run migc of the same version again"
#endif

/* 001_initial_schema.sql */
static const migc_step m001[] = {
    /* up */
    { 9, "CREATE TABLE notes (\n"
         "    id INTEGER PRIMARY KEY,\n"
         "    title TEXT NOT NULL,\n"
         "    body TEXT NOT NULL DEFAULT '',\n"
         "    done INTEGER NOT NULL DEFAULT 0,\n"
         "    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP\n"
         ")", NULL },
    { 18, "CREATE TABLE tags (\n"
          "    id INTEGER PRIMARY KEY,\n"
          "    name TEXT NOT NULL UNIQUE COLLATE NOCASE\n"
          ")", NULL },
    { 23, "CREATE TABLE note_tag (\n"
          "    note_id INTEGER NOT NULL REFERENCES notes (id) ON DELETE CASCADE,\n"
          "    tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,\n"
          "    PRIMARY KEY (note_id, tag_id)\n"
          ") WITHOUT ROWID", NULL },
    /* down */
    { 31, "DROP TABLE note_tag", NULL },
    { 32, "DROP TABLE tags", NULL },
    { 33, "DROP TABLE notes", NULL },
};

/* 002_add_indexes.sql */
static const migc_step m002[] = {
    /* up */
    { 10, "CREATE INDEX notes_open ON notes (created_at) WHERE done = 0", NULL },
    { 14, "CREATE INDEX note_tag_tag_id ON note_tag (tag_id)", NULL },
    /* down */
    { 18, "DROP INDEX note_tag_tag_id", NULL },
    { 19, "DROP INDEX notes_open", NULL },
};

/* 003_full_text_search.sql */
static const migc_step m003[] = {
    /* up */
    { 13, "CREATE VIRTUAL TABLE notes_fts USING fts5 (\n"
          "    title,\n"
          "    body,\n"
          "    content = 'notes',\n"
          "    content_rowid = 'id',\n"
          "    tokenize = 'unicode61 remove_diacritics 2'\n"
          ")", NULL },
    { 21, "CREATE TRIGGER notes_fts_insert AFTER INSERT ON notes BEGIN\n"
          "    INSERT INTO notes_fts (rowid, title, body) VALUES (new.id, new.title, new.body);\n"
          "END", NULL },
    { 25, "CREATE TRIGGER notes_fts_delete AFTER DELETE ON notes BEGIN\n"
          "    INSERT INTO notes_fts (notes_fts, rowid, title, body)\n"
          "    VALUES ('delete', old.id, old.title, old.body);\n"
          "END", NULL },
    { 30, "CREATE TRIGGER notes_fts_update AFTER UPDATE OF id, title, body ON notes BEGIN\n"
          "    INSERT INTO notes_fts (notes_fts, rowid, title, body)\n"
          "    VALUES ('delete', old.id, old.title, old.body);\n"
          "    INSERT INTO notes_fts (rowid, title, body) VALUES (new.id, new.title, new.body);\n"
          "END", NULL },
    { 37, "INSERT INTO notes_fts (notes_fts) VALUES ('rebuild')", NULL },
    /* down */
    { 41, "DROP TRIGGER notes_fts_update", NULL },
    { 42, "DROP TRIGGER notes_fts_delete", NULL },
    { 43, "DROP TRIGGER notes_fts_insert", NULL },
    { 44, "DROP TABLE notes_fts", NULL },
    /* verify */
    { 49, "SELECT id FROM notes EXCEPT SELECT id FROM notes_fts_docsize", NULL },
};

/* 004_check_done.sql */
static const migc_step m004[] = {
    /* up */
    { 19, "CREATE TABLE notes_new (\n"
          "    id INTEGER PRIMARY KEY,\n"
          "    title TEXT NOT NULL,\n"
          "    body TEXT NOT NULL DEFAULT '',\n"
          "    done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)),\n"
          "    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP\n"
          ")", NULL },
    { 29, "INSERT INTO notes_new (id, title, body, done, created_at)\n"
          "SELECT id, title, body, done <> 0, created_at FROM notes", NULL },
    { 32, "DROP TABLE notes", NULL },
    { 33, "ALTER TABLE notes_new RENAME TO notes", NULL },
    { 35, "CREATE INDEX notes_open ON notes (created_at) WHERE done = 0", NULL },
    { 37, "CREATE TRIGGER notes_fts_insert AFTER INSERT ON notes BEGIN\n"
          "    INSERT INTO notes_fts (rowid, title, body) VALUES (new.id, new.title, new.body);\n"
          "END", NULL },
    { 41, "CREATE TRIGGER notes_fts_delete AFTER DELETE ON notes BEGIN\n"
          "    INSERT INTO notes_fts (notes_fts, rowid, title, body)\n"
          "    VALUES ('delete', old.id, old.title, old.body);\n"
          "END", NULL },
    { 46, "CREATE TRIGGER notes_fts_update AFTER UPDATE OF id, title, body ON notes BEGIN\n"
          "    INSERT INTO notes_fts (notes_fts, rowid, title, body)\n"
          "    VALUES ('delete', old.id, old.title, old.body);\n"
          "    INSERT INTO notes_fts (rowid, title, body) VALUES (new.id, new.title, new.body);\n"
          "END", NULL },
    /* down */
    { 54, "CREATE TABLE notes_old (\n"
          "    id INTEGER PRIMARY KEY,\n"
          "    title TEXT NOT NULL,\n"
          "    body TEXT NOT NULL DEFAULT '',\n"
          "    done INTEGER NOT NULL DEFAULT 0,\n"
          "    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP\n"
          ")", NULL },
    { 62, "INSERT INTO notes_old (id, title, body, done, created_at)\n"
          "SELECT id, title, body, done, created_at FROM notes", NULL },
    { 65, "DROP TABLE notes", NULL },
    { 66, "ALTER TABLE notes_old RENAME TO notes", NULL },
    { 68, "CREATE INDEX notes_open ON notes (created_at) WHERE done = 0", NULL },
    { 70, "CREATE TRIGGER notes_fts_insert AFTER INSERT ON notes BEGIN\n"
          "    INSERT INTO notes_fts (rowid, title, body) VALUES (new.id, new.title, new.body);\n"
          "END", NULL },
    { 74, "CREATE TRIGGER notes_fts_delete AFTER DELETE ON notes BEGIN\n"
          "    INSERT INTO notes_fts (notes_fts, rowid, title, body)\n"
          "    VALUES ('delete', old.id, old.title, old.body);\n"
          "END", NULL },
    { 79, "CREATE TRIGGER notes_fts_update AFTER UPDATE OF id, title, body ON notes BEGIN\n"
          "    INSERT INTO notes_fts (notes_fts, rowid, title, body)\n"
          "    VALUES ('delete', old.id, old.title, old.body);\n"
          "    INSERT INTO notes_fts (rowid, title, body) VALUES (new.id, new.title, new.body);\n"
          "END", NULL },
    /* verify */
    { 88, "SELECT id FROM notes EXCEPT SELECT id FROM notes_fts_docsize", NULL },
    { 89, "SELECT id FROM notes_fts_docsize EXCEPT SELECT id FROM notes", NULL },
};

/* 005_record_when_done.sql */
static const migc_step m005[] = {
    /* up */
    { 9, "ALTER TABLE notes ADD COLUMN done_at TEXT", NULL },
    { 13, "UPDATE notes SET done_at = created_at WHERE done = 1", NULL },
    /* down */
    { 17, "ALTER TABLE notes DROP COLUMN done_at", NULL },
    /* verify */
    { 21, "SELECT id FROM notes WHERE (done = 1) <> (done_at IS NOT NULL)", NULL },
};

/* 006_note_list_view.sql */
static const migc_step m006[] = {
    /* up */
    { 9, "CREATE VIEW note_list AS\n"
         "SELECT id, title, done, done_at, created_at,\n"
         "       (SELECT group_concat('#' || name, ' ')\n"
         "          FROM (SELECT tags.name\n"
         "                  FROM note_tag JOIN tags ON tags.id = note_tag.tag_id\n"
         "                 WHERE note_tag.note_id = notes.id\n"
         "                 ORDER BY tags.name)) AS tags\n"
         "  FROM notes", NULL },
    /* down */
    { 20, "DROP VIEW note_list", NULL },
};

/* 007_normalise_titles.sql */
static const migc_step m007[] = {
    /* up */
    { 11, "normalise_titles", normalise_titles },
    { 14, "CREATE TRIGGER notes_title_insert BEFORE INSERT ON notes\n"
          "WHEN new.title <> trim(new.title) OR instr(new.title, '  ')\n"
          "BEGIN\n"
          "    SELECT RAISE(ABORT, 'a title has single blanks, between its words only');\n"
          "END", NULL },
    { 20, "CREATE TRIGGER notes_title_update BEFORE UPDATE OF title ON notes\n"
          "WHEN new.title <> trim(new.title) OR instr(new.title, '  ')\n"
          "BEGIN\n"
          "    SELECT RAISE(ABORT, 'a title has single blanks, between its words only');\n"
          "END", NULL },
    /* down */
    { 28, "DROP TRIGGER notes_title_update", NULL },
    { 29, "DROP TRIGGER notes_title_insert", NULL },
    /* verify */
    { 33, "SELECT id FROM notes WHERE title <> trim(title) OR instr(title, '  ')", NULL },
    { 36, "SELECT id FROM notes EXCEPT SELECT id FROM notes_fts_docsize", NULL },
};

/* 008_done_at_trigger.sql */
static const migc_step m008[] = {
    /* up */
    { 11, "CREATE TRIGGER notes_done_at AFTER UPDATE OF done ON notes\n"
          "WHEN new.done <> old.done\n"
          "BEGIN\n"
          "    UPDATE notes\n"
          "       SET done_at = CASE new.done WHEN 1 THEN CURRENT_TIMESTAMP ELSE NULL END\n"
          "     WHERE id = new.id;\n"
          "END", NULL },
    /* down */
    { 21, "DROP TRIGGER notes_done_at", NULL },
};

/* 009_due_dates.sql */
static const migc_step m009[] = {
    /* up */
    { 12, "ALTER TABLE notes ADD COLUMN due_on TEXT CHECK (due_on IS date(due_on))", NULL },
    { 14, "DROP VIEW note_list", NULL },
    { 15, "CREATE VIEW note_list AS\n"
          "SELECT id, title, done, done_at, due_on, created_at,\n"
          "       (SELECT group_concat('#' || name, ' ')\n"
          "          FROM (SELECT tags.name\n"
          "                  FROM note_tag JOIN tags ON tags.id = note_tag.tag_id\n"
          "                 WHERE note_tag.note_id = notes.id\n"
          "                 ORDER BY tags.name)) AS tags\n"
          "  FROM notes", NULL },
    /* down */
    { 27, "DROP VIEW note_list", NULL },
    { 28, "ALTER TABLE notes DROP COLUMN due_on", NULL },
    { 30, "CREATE VIEW note_list AS\n"
          "SELECT id, title, done, done_at, created_at,\n"
          "       (SELECT group_concat('#' || name, ' ')\n"
          "          FROM (SELECT tags.name\n"
          "                  FROM note_tag JOIN tags ON tags.id = note_tag.tag_id\n"
          "                 WHERE note_tag.note_id = notes.id\n"
          "                 ORDER BY tags.name)) AS tags\n"
          "  FROM notes", NULL },
};

/* version, name, file,
   checksum,
   chain,
   flags, up, down and verify steps, steps,
   description, author, date, tags, depends, irreversible, lossy, duration, notes,
   effects,
   touched */
static const migc_migration notes_migrations[] = {
    { 1, "001_initial_schema", "001_initial_schema.sql",
      "xxh3:74cf3cb0338200a33442313a575ad2d2",
      "xxh3:dbda953a7d607e831a9a0fcb2564788c",
      0, 3, 3, 0, m001,
      "Notes, tags, and which note has which tag", "Ines Maier", "2026-11-02", "schema", NULL,
      NULL, NULL, NULL, NULL,
      "creates table notes, table tags, table note_tag",
      "[\"note_tag\",\"tags\",\"notes\"]" },
    { 2, "002_add_indexes", "002_add_indexes.sql",
      "xxh3:9e3c0c14571a1b79b5f55cd78e77d046",
      "xxh3:cea784213d3c7cd1df52f73a191324d2",
      0, 2, 2, 0, m002,
      "Indexes for listing what is open and for looking up a tag", "Ines Maier", "2026-11-03",
      "performance", NULL, NULL, NULL, NULL, NULL,
      "creates index notes_open, index note_tag_tag_id",
      "[]" },
    { 3, "003_full_text_search", "003_full_text_search.sql",
      "xxh3:ebf54c51fe326fd04ac05d40f8b641e6",
      "xxh3:9fb3b593dbe0cee32b75ab2b92558a6b",
      0, 5, 4, 1, m003,
      "Full-text search over titles and bodies", "Jon Falk", "2026-11-05", "search",
      "001_initial_schema", NULL, NULL, NULL, NULL,
      "creates virtual table notes_fts, trigger notes_fts_delete, trigger notes_fts_insert, trigger notes_fts_update; fills notes_fts",
      "[\"notes_fts_data\",\"notes_fts_config\",\"notes_fts\",\"notes_fts_idx\",\"notes_fts_docsize\"]" },
    { 4, "004_check_done", "004_check_done.sql",
      "xxh3:52b80ebbffc055315084acdfae1b5dd9",
      "xxh3:5ad56664d319ca304bc011be1935d5f5",
      0, 8, 8, 2, m004,
      "The column done holds 0 or 1 and nothing else", "Ines Maier", "2026-11-09", "schema",
      "002_add_indexes, 003_full_text_search", NULL, NULL, NULL, NULL,
      "creates check (done in (0, 1)) of notes",
      "[\"notes_new\",\"notes\",\"notes_old\"]" },
    { 5, "005_record_when_done", "005_record_when_done.sql",
      "xxh3:a033aba1b15d0040f0d191da8a75de20",
      "xxh3:367bc91e1b69a1c91dbee51f7184a932",
      0, 2, 1, 1, m005,
      "When a note was done, filled in as well as we know for the old ones", "Jon Falk",
      "2026-11-12", "data", NULL, NULL, NULL, NULL, NULL,
      "adds column notes.done_at; updates notes",
      "[\"notes\"]" },
    { 6, "006_note_list_view", "006_note_list_view.sql",
      "xxh3:2b98ff24b22886a50cc2cc9ab37ad6d6",
      "xxh3:86e40ce19a98e4f984403edccd49c6b8",
      0, 1, 1, 0, m006,
      "A view of the notes as they are listed, with their tags in one column", "Ines Maier",
      "2026-11-13", NULL, NULL, NULL, NULL, NULL, NULL,
      "creates view note_list",
      "[\"note_list\"]" },
    { 7, "007_normalise_titles", "007_normalise_titles.sql",
      "xxh3:ea27b3be0ddf03787c676d2e77e6698a",
      "xxh3:499b85c1dc35652df4cef99a830bd31e",
      0, 3, 2, 2, m007,
      "One blank between the words of a title and none around them", "Jon Falk", "2026-11-16",
      "data", NULL, NULL,
      "titles keep their single blanks; the white space as it was typed is forgotten", NULL, NULL,
      "creates trigger notes_title_insert, trigger notes_title_update",
      NULL },
    { 8, "008_done_at_trigger", "008_done_at_trigger.sql",
      "xxh3:ce6e4124545787379fa1d2b0ae12ce3a",
      "xxh3:fb2357f9cdac311e019e83383be85f28",
      0, 1, 1, 0, m008,
      "The database itself keeps done_at in step with done", "Jon Falk", "2026-11-17", "schema",
      "005_record_when_done", NULL, NULL, NULL, NULL,
      "creates trigger notes_done_at",
      "[]" },
    { 9, "009_due_dates", "009_due_dates.sql",
      "xxh3:fe4bee9fe01ebefdf4659b4af0139d9e",
      "xxh3:e844c370683aa16d38d63af3a4066980",
      0, 3, 3, 0, m009,
      "A note can be due on a day", "Ines Maier", "2026-11-20", "schema", "006_note_list_view",
      NULL, NULL, NULL, NULL,
      "creates check (due_on is date(due_on)) of notes; adds column notes.due_on; changes view note_list",
      "[\"notes\",\"note_list\"]" },
};

const migc_set notes = { 3, 0, "notes", 9, notes_migrations, NULL, NULL, NULL, NULL, NULL, NULL };
