/*
 * 9 migrations, emitted by migc.  Edit the SQL, not this file: it is written again
 * whenever the SQL changes.
 */
#include "notes.h"

#if MIGC_ABI != 6
#error "emitted for another migc.h: run migc of the same version again"
#endif

/* How long the texts of each migration are, with their NULs. */
static const struct {
    char m001[903];
    char m002[427];
    char m003[1464];
    char m004[2569];
    char m005[512];
    char m006[602];
    char m007[1005];
    char m008[501];
    char m009[1176];
} notes_texts = {
    "001_initial_schema\0"
    "001_initial_schema.sql\0"
    "xxh3:74cf3cb0338200a33442313a575ad2d2\0"
    "xxh3:dbda953a7d607e831a9a0fcb2564788c\0"
    /* description */ "Notes, tags, and which note has which tag\0"
    /* author */ "Ines Maier\0"
    /* date */ "2026-11-02\0"
    /* tags */ "schema\0"
    /* effects */ "creates table notes, table tags, table note_tag\0"
    /* touched */ "[\"note_tag\",\"tags\",\"notes\"]\0"
    /* down_drops */ "[{\"table\":\"note_tag\"},{\"table\":\"tags\"},{\"table\":\"notes\"}]\0"
    /* up */
    "9:" "CREATE TABLE notes (\n"
         "    id INTEGER PRIMARY KEY,\n"
         "    title TEXT NOT NULL,\n"
         "    body TEXT NOT NULL DEFAULT '',\n"
         "    done INTEGER NOT NULL DEFAULT 0,\n"
         "    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP\n"
         ")\0"
    "18:" "CREATE TABLE tags (\n"
          "    id INTEGER PRIMARY KEY,\n"
          "    name TEXT NOT NULL UNIQUE COLLATE NOCASE\n"
          ")\0"
    "23:" "CREATE TABLE note_tag (\n"
          "    note_id INTEGER NOT NULL REFERENCES notes (id) ON DELETE CASCADE,\n"
          "    tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,\n"
          "    PRIMARY KEY (note_id, tag_id)\n"
          ") WITHOUT ROWID\0"
    /* down */
    "31:" "DROP TABLE note_tag\0"
    "32:" "DROP TABLE tags\0"
    "33:" "DROP TABLE notes",

    "002_add_indexes\0"
    "002_add_indexes.sql\0"
    "xxh3:9e3c0c14571a1b79b5f55cd78e77d046\0"
    "xxh3:cea784213d3c7cd1df52f73a191324d2\0"
    /* description */ "Indexes for listing what is open and for looking up a tag\0"
    /* author */ "Ines Maier\0"
    /* date */ "2026-11-03\0"
    /* tags */ "performance\0"
    /* effects */ "creates index notes_open, index note_tag_tag_id\0"
    /* touched */ "[]\0"
    /* up */
    "10:" "CREATE INDEX notes_open ON notes (created_at) WHERE done = 0\0"
    "14:" "CREATE INDEX note_tag_tag_id ON note_tag (tag_id)\0"
    /* down */
    "18:" "DROP INDEX note_tag_tag_id\0"
    "19:" "DROP INDEX notes_open",

    "003_full_text_search\0"
    "003_full_text_search.sql\0"
    "xxh3:ebf54c51fe326fd04ac05d40f8b641e6\0"
    "xxh3:9fb3b593dbe0cee32b75ab2b92558a6b\0"
    /* description */ "Full-text search over titles and bodies\0"
    /* author */ "Jon Falk\0"
    /* date */ "2026-11-05\0"
    /* tags */ "search\0"
    /* depends */ "001_initial_schema\0"
    /* effects */ "creates virtual table notes_fts, trigger notes_fts_delete, trigger notes_fts_insert, trigger notes_fts_update; fills notes_fts\0"
    /* touched */ "[\"notes_fts_data\",\"notes_fts_config\",\"notes_fts\",\"notes_fts_idx\",\"notes_fts_docsize\"]\0"
    /* down_drops */ "[{\"table\":\"notes_fts\"}]\0"
    /* up */
    "13:" "CREATE VIRTUAL TABLE notes_fts USING fts5 (\n"
          "    title,\n"
          "    body,\n"
          "    content = 'notes',\n"
          "    content_rowid = 'id',\n"
          "    tokenize = 'unicode61 remove_diacritics 2'\n"
          ")\0"
    "21:" "CREATE TRIGGER notes_fts_insert AFTER INSERT ON notes BEGIN\n"
          "    INSERT INTO notes_fts (rowid, title, body) VALUES (new.id, new.title, new.body);\n"
          "END\0"
    "25:" "CREATE TRIGGER notes_fts_delete AFTER DELETE ON notes BEGIN\n"
          "    INSERT INTO notes_fts (notes_fts, rowid, title, body)\n"
          "    VALUES ('delete', old.id, old.title, old.body);\n"
          "END\0"
    "30:" "CREATE TRIGGER notes_fts_update AFTER UPDATE OF id, title, body ON notes BEGIN\n"
          "    INSERT INTO notes_fts (notes_fts, rowid, title, body)\n"
          "    VALUES ('delete', old.id, old.title, old.body);\n"
          "    INSERT INTO notes_fts (rowid, title, body) VALUES (new.id, new.title, new.body);\n"
          "END\0"
    "37:" "INSERT INTO notes_fts (notes_fts) VALUES ('rebuild')\0"
    /* down */
    "41:" "DROP TRIGGER notes_fts_update\0"
    "42:" "DROP TRIGGER notes_fts_delete\0"
    "43:" "DROP TRIGGER notes_fts_insert\0"
    "44:" "DROP TABLE notes_fts\0"
    /* verify */
    "49:" "SELECT id FROM notes EXCEPT SELECT id FROM notes_fts_docsize",

    "004_check_done\0"
    "004_check_done.sql\0"
    "xxh3:52b80ebbffc055315084acdfae1b5dd9\0"
    "xxh3:5ad56664d319ca304bc011be1935d5f5\0"
    /* description */ "The column done holds 0 or 1 and nothing else\0"
    /* author */ "Ines Maier\0"
    /* date */ "2026-11-09\0"
    /* tags */ "schema\0"
    /* depends */ "002_add_indexes, 003_full_text_search\0"
    /* effects */ "creates check (done in (0, 1)) of notes\0"
    /* touched */ "[\"notes_new\",\"notes\",\"notes_old\"]\0"
    /* up */
    "19:" "CREATE TABLE notes_new (\n"
          "    id INTEGER PRIMARY KEY,\n"
          "    title TEXT NOT NULL,\n"
          "    body TEXT NOT NULL DEFAULT '',\n"
          "    done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)),\n"
          "    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP\n"
          ")\0"
    "29:" "INSERT INTO notes_new (id, title, body, done, created_at)\n"
          "SELECT id, title, body, done <> 0, created_at FROM notes\0"
    "32:" "DROP TABLE notes\0"
    "33:" "ALTER TABLE notes_new RENAME TO notes\0"
    "35:" "CREATE INDEX notes_open ON notes (created_at) WHERE done = 0\0"
    "37:" "CREATE TRIGGER notes_fts_insert AFTER INSERT ON notes BEGIN\n"
          "    INSERT INTO notes_fts (rowid, title, body) VALUES (new.id, new.title, new.body);\n"
          "END\0"
    "41:" "CREATE TRIGGER notes_fts_delete AFTER DELETE ON notes BEGIN\n"
          "    INSERT INTO notes_fts (notes_fts, rowid, title, body)\n"
          "    VALUES ('delete', old.id, old.title, old.body);\n"
          "END\0"
    "46:" "CREATE TRIGGER notes_fts_update AFTER UPDATE OF id, title, body ON notes BEGIN\n"
          "    INSERT INTO notes_fts (notes_fts, rowid, title, body)\n"
          "    VALUES ('delete', old.id, old.title, old.body);\n"
          "    INSERT INTO notes_fts (rowid, title, body) VALUES (new.id, new.title, new.body);\n"
          "END\0"
    /* down */
    "54:" "CREATE TABLE notes_old (\n"
          "    id INTEGER PRIMARY KEY,\n"
          "    title TEXT NOT NULL,\n"
          "    body TEXT NOT NULL DEFAULT '',\n"
          "    done INTEGER NOT NULL DEFAULT 0,\n"
          "    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP\n"
          ")\0"
    "62:" "INSERT INTO notes_old (id, title, body, done, created_at)\n"
          "SELECT id, title, body, done, created_at FROM notes\0"
    "65:" "DROP TABLE notes\0"
    "66:" "ALTER TABLE notes_old RENAME TO notes\0"
    "68:" "CREATE INDEX notes_open ON notes (created_at) WHERE done = 0\0"
    "70:" "CREATE TRIGGER notes_fts_insert AFTER INSERT ON notes BEGIN\n"
          "    INSERT INTO notes_fts (rowid, title, body) VALUES (new.id, new.title, new.body);\n"
          "END\0"
    "74:" "CREATE TRIGGER notes_fts_delete AFTER DELETE ON notes BEGIN\n"
          "    INSERT INTO notes_fts (notes_fts, rowid, title, body)\n"
          "    VALUES ('delete', old.id, old.title, old.body);\n"
          "END\0"
    "79:" "CREATE TRIGGER notes_fts_update AFTER UPDATE OF id, title, body ON notes BEGIN\n"
          "    INSERT INTO notes_fts (notes_fts, rowid, title, body)\n"
          "    VALUES ('delete', old.id, old.title, old.body);\n"
          "    INSERT INTO notes_fts (rowid, title, body) VALUES (new.id, new.title, new.body);\n"
          "END\0"
    /* verify */
    "88:" "SELECT id FROM notes EXCEPT SELECT id FROM notes_fts_docsize\0"
    "89:" "SELECT id FROM notes_fts_docsize EXCEPT SELECT id FROM notes",

    "005_record_when_done\0"
    "005_record_when_done.sql\0"
    "xxh3:a033aba1b15d0040f0d191da8a75de20\0"
    "xxh3:367bc91e1b69a1c91dbee51f7184a932\0"
    /* description */ "When a note was done, filled in as well as we know for the old ones\0"
    /* author */ "Jon Falk\0"
    /* date */ "2026-11-12\0"
    /* tags */ "data\0"
    /* effects */ "adds column notes.done_at; updates notes\0"
    /* touched */ "[\"notes\"]\0"
    /* down_drops */ "[{\"table\":\"notes\",\"column\":\"done_at\"}]\0"
    /* up */
    "9:" "ALTER TABLE notes ADD COLUMN done_at TEXT\0"
    "13:" "UPDATE notes SET done_at = created_at WHERE done = 1\0"
    /* down */
    "17:" "ALTER TABLE notes DROP COLUMN done_at\0"
    /* verify */
    "21:" "SELECT id FROM notes WHERE (done = 1) <> (done_at IS NOT NULL)",

    "006_note_list_view\0"
    "006_note_list_view.sql\0"
    "xxh3:2b98ff24b22886a50cc2cc9ab37ad6d6\0"
    "xxh3:86e40ce19a98e4f984403edccd49c6b8\0"
    /* description */ "A view of the notes as they are listed, with their tags in one column\0"
    /* author */ "Ines Maier\0"
    /* date */ "2026-11-13\0"
    /* effects */ "creates view note_list\0"
    /* touched */ "[\"note_list\"]\0"
    /* up */
    "9:" "CREATE VIEW note_list AS\n"
         "SELECT id, title, done, done_at, created_at,\n"
         "       (SELECT group_concat('#' || name, ' ')\n"
         "          FROM (SELECT tags.name\n"
         "                  FROM note_tag JOIN tags ON tags.id = note_tag.tag_id\n"
         "                 WHERE note_tag.note_id = notes.id\n"
         "                 ORDER BY tags.name)) AS tags\n"
         "  FROM notes\0"
    /* down */
    "20:" "DROP VIEW note_list",

    "007_normalise_titles\0"
    "007_normalise_titles.sql\0"
    "xxh3:ea27b3be0ddf03787c676d2e77e6698a\0"
    "xxh3:499b85c1dc35652df4cef99a830bd31e\0"
    /* description */ "One blank between the words of a title and none around them\0"
    /* author */ "Jon Falk\0"
    /* date */ "2026-11-16\0"
    /* tags */ "data\0"
    /* lossy */ "titles keep their single blanks; the white space as it was typed is forgotten\0"
    /* effects */ "creates trigger notes_title_insert, trigger notes_title_update\0"
    /* up */
    "11 call:" "normalise_titles\0"
    "14:" "CREATE TRIGGER notes_title_insert BEFORE INSERT ON notes\n"
          "WHEN new.title <> trim(new.title) OR instr(new.title, '  ')\n"
          "BEGIN\n"
          "    SELECT RAISE(ABORT, 'a title has single blanks, between its words only');\n"
          "END\0"
    "20:" "CREATE TRIGGER notes_title_update BEFORE UPDATE OF title ON notes\n"
          "WHEN new.title <> trim(new.title) OR instr(new.title, '  ')\n"
          "BEGIN\n"
          "    SELECT RAISE(ABORT, 'a title has single blanks, between its words only');\n"
          "END\0"
    /* down */
    "28:" "DROP TRIGGER notes_title_update\0"
    "29:" "DROP TRIGGER notes_title_insert\0"
    /* verify */
    "33:" "SELECT id FROM notes WHERE title <> trim(title) OR instr(title, '  ')\0"
    "36:" "SELECT id FROM notes EXCEPT SELECT id FROM notes_fts_docsize",

    "008_done_at_trigger\0"
    "008_done_at_trigger.sql\0"
    "xxh3:ce6e4124545787379fa1d2b0ae12ce3a\0"
    "xxh3:fb2357f9cdac311e019e83383be85f28\0"
    /* description */ "The database itself keeps done_at in step with done\0"
    /* author */ "Jon Falk\0"
    /* date */ "2026-11-17\0"
    /* tags */ "schema\0"
    /* depends */ "005_record_when_done\0"
    /* effects */ "creates trigger notes_done_at\0"
    /* touched */ "[]\0"
    /* up */
    "11:" "CREATE TRIGGER notes_done_at AFTER UPDATE OF done ON notes\n"
          "WHEN new.done <> old.done\n"
          "BEGIN\n"
          "    UPDATE notes\n"
          "       SET done_at = CASE new.done WHEN 1 THEN CURRENT_TIMESTAMP ELSE NULL END\n"
          "     WHERE id = new.id;\n"
          "END\0"
    /* down */
    "21:" "DROP TRIGGER notes_done_at",

    "009_due_dates\0"
    "009_due_dates.sql\0"
    "xxh3:fe4bee9fe01ebefdf4659b4af0139d9e\0"
    "xxh3:e844c370683aa16d38d63af3a4066980\0"
    /* description */ "A note can be due on a day\0"
    /* author */ "Ines Maier\0"
    /* date */ "2026-11-20\0"
    /* tags */ "schema\0"
    /* depends */ "006_note_list_view\0"
    /* effects */ "creates check (due_on is date(due_on)) of notes; adds column notes.due_on; changes view note_list\0"
    /* touched */ "[\"notes\",\"note_list\"]\0"
    /* down_drops */ "[{\"table\":\"notes\",\"column\":\"due_on\"}]\0"
    /* up */
    "12:" "ALTER TABLE notes ADD COLUMN due_on TEXT CHECK (due_on IS date(due_on))\0"
    "14:" "DROP VIEW note_list\0"
    "15:" "CREATE VIEW note_list AS\n"
          "SELECT id, title, done, done_at, due_on, created_at,\n"
          "       (SELECT group_concat('#' || name, ' ')\n"
          "          FROM (SELECT tags.name\n"
          "                  FROM note_tag JOIN tags ON tags.id = note_tag.tag_id\n"
          "                 WHERE note_tag.note_id = notes.id\n"
          "                 ORDER BY tags.name)) AS tags\n"
          "  FROM notes\0"
    /* down */
    "27:" "DROP VIEW note_list\0"
    "28:" "ALTER TABLE notes DROP COLUMN due_on\0"
    "30:" "CREATE VIEW note_list AS\n"
          "SELECT id, title, done, done_at, created_at,\n"
          "       (SELECT group_concat('#' || name, ' ')\n"
          "          FROM (SELECT tags.name\n"
          "                  FROM note_tag JOIN tags ON tags.id = note_tag.tag_id\n"
          "                 WHERE note_tag.note_id = notes.id\n"
          "                 ORDER BY tags.name)) AS tags\n"
          "  FROM notes",
};

/* version, up, down and verify steps, flags and which texts there are */
static const migc_row notes_rows[] = {
    { 1, 3, 3, 0, MIGC_HAS_DESCRIPTION | MIGC_HAS_AUTHOR | MIGC_HAS_DATE | MIGC_HAS_TAGS |
      MIGC_HAS_EFFECTS | MIGC_HAS_TOUCHED | MIGC_HAS_DOWN_DROPS },
    { 2, 2, 2, 0, MIGC_HAS_DESCRIPTION | MIGC_HAS_AUTHOR | MIGC_HAS_DATE | MIGC_HAS_TAGS |
      MIGC_HAS_EFFECTS | MIGC_HAS_TOUCHED },
    { 3, 5, 4, 1, MIGC_HAS_DESCRIPTION | MIGC_HAS_AUTHOR | MIGC_HAS_DATE | MIGC_HAS_TAGS |
      MIGC_HAS_DEPENDS | MIGC_HAS_EFFECTS | MIGC_HAS_TOUCHED | MIGC_HAS_DOWN_DROPS },
    { 4, 8, 8, 2, MIGC_HAS_DESCRIPTION | MIGC_HAS_AUTHOR | MIGC_HAS_DATE | MIGC_HAS_TAGS |
      MIGC_HAS_DEPENDS | MIGC_HAS_EFFECTS | MIGC_HAS_TOUCHED },
    { 5, 2, 1, 1, MIGC_HAS_DESCRIPTION | MIGC_HAS_AUTHOR | MIGC_HAS_DATE | MIGC_HAS_TAGS |
      MIGC_HAS_EFFECTS | MIGC_HAS_TOUCHED | MIGC_HAS_DOWN_DROPS },
    { 6, 1, 1, 0, MIGC_HAS_DESCRIPTION | MIGC_HAS_AUTHOR | MIGC_HAS_DATE | MIGC_HAS_EFFECTS |
      MIGC_HAS_TOUCHED },
    { 7, 3, 2, 2, MIGC_HAS_DESCRIPTION | MIGC_HAS_AUTHOR | MIGC_HAS_DATE | MIGC_HAS_TAGS |
      MIGC_HAS_LOSSY | MIGC_HAS_EFFECTS },
    { 8, 1, 1, 0, MIGC_HAS_DESCRIPTION | MIGC_HAS_AUTHOR | MIGC_HAS_DATE | MIGC_HAS_TAGS |
      MIGC_HAS_DEPENDS | MIGC_HAS_EFFECTS | MIGC_HAS_TOUCHED },
    { 9, 3, 3, 0, MIGC_HAS_DESCRIPTION | MIGC_HAS_AUTHOR | MIGC_HAS_DATE | MIGC_HAS_TAGS |
      MIGC_HAS_DEPENDS | MIGC_HAS_EFFECTS | MIGC_HAS_TOUCHED | MIGC_HAS_DOWN_DROPS },
};

/* the steps in C, in their order */
static migc_function *const notes_calls[] = {
    normalise_titles,
};

static const migc_packed notes_packed = {
    9, 59, 0, notes_rows, (const char *)&notes_texts, notes_calls, notes_texts.m009 + 70 /* its chain */
};

const migc_set notes = { 6, 0, "notes", 9, NULL, NULL, NULL, NULL, NULL, NULL, &notes_packed };
