/*
 * 9 migrations, emitted by migc.  Edit the SQL, not this file: it is written again
 * whenever the SQL changes.
 */
#include "notes.h"

#if MIGC_ABI != 6
#error "emitted for another migc.h: run migc of the same version again"
#endif

/* How long each text below is, with its NUL. */
static const struct {
    struct {
        char name[19], file[23], checksum[38], chain[38], description[42], author[11], date[11],
            tags[7], effects[48], touched[28], down_drops[58], up_1[205], up_2[98], up_3[215],
            down_1[23], down_2[19], down_3[20];
    } m001;
    struct {
        char name[16], file[20], checksum[38], chain[38], description[58], author[11], date[11],
            tags[12], effects[48], touched[3], up_1[64], up_2[53], down_1[30], down_2[25];
    } m002;
    struct {
        char name[21], file[25], checksum[38], chain[38], description[40], author[9], date[11],
            tags[7], depends[19], effects[127], touched[86], down_drops[24], up_1[166], up_2[152],
            up_3[177], up_4[281], up_5[56], down_1[33], down_2[33], down_3[33], down_4[24],
            verify_1[64];
    } m003;
    struct {
        char name[15], file[19], checksum[38], chain[38], description[46], author[11], date[11],
            tags[7], depends[38], effects[40], touched[34], up_1[233], up_2[118], up_3[20],
            up_4[41], up_5[64], up_6[152], up_7[177], up_8[281], down_1[210], down_2[113],
            down_3[20], down_4[41], down_5[64], down_6[152], down_7[177], down_8[281], verify_1[64],
            verify_2[64];
    } m004;
    struct {
        char name[21], file[25], checksum[38], chain[38], description[68], author[9], date[11],
            tags[5], effects[41], touched[10], down_drops[39], up_1[44], up_2[56], down_1[41],
            verify_1[66];
    } m005;
    struct {
        char name[19], file[23], checksum[38], chain[38], description[70], author[11], date[11],
            effects[23], touched[14], up_1[332], down_1[23];
    } m006;
    struct {
        char name[21], file[25], checksum[38], chain[38], description[60], author[9], date[11],
            tags[5], lossy[78], effects[63], up_1[25], up_2[208], up_3[217], down_1[35], down_2[35],
            verify_1[73], verify_2[64];
    } m007;
    struct {
        char name[20], file[24], checksum[38], chain[38], description[52], author[9], date[11],
            tags[7], depends[21], effects[30], touched[3], up_1[218], down_1[30];
    } m008;
    struct {
        char name[14], file[18], checksum[38], chain[38], description[27], author[11], date[11],
            tags[7], depends[19], effects[98], touched[22], down_drops[38], up_1[75], up_2[23],
            up_3[341], down_1[23], down_2[40], down_3[333];
    } m009;
} notes_texts = {
    {
        "001_initial_schema",
        "001_initial_schema.sql",
        "xxh3:74cf3cb0338200a33442313a575ad2d2",
        "xxh3:dbda953a7d607e831a9a0fcb2564788c",
        /* description */ "Notes, tags, and which note has which tag",
        /* author */ "Ines Maier",
        /* date */ "2026-11-02",
        /* tags */ "schema",
        /* effects */ "creates table notes, table tags, table note_tag",
        /* touched */ "[\"note_tag\",\"tags\",\"notes\"]",
        /* down_drops */ "[{\"table\":\"note_tag\"},{\"table\":\"tags\"},{\"table\":\"notes\"}]",
        /* up */
        "9:" "CREATE TABLE notes (\n"
             "    id INTEGER PRIMARY KEY,\n"
             "    title TEXT NOT NULL,\n"
             "    body TEXT NOT NULL DEFAULT '',\n"
             "    done INTEGER NOT NULL DEFAULT 0,\n"
             "    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP\n"
             ")",
        "18:" "CREATE TABLE tags (\n"
              "    id INTEGER PRIMARY KEY,\n"
              "    name TEXT NOT NULL UNIQUE COLLATE NOCASE\n"
              ")",
        "23:" "CREATE TABLE note_tag (\n"
              "    note_id INTEGER NOT NULL REFERENCES notes (id) ON DELETE CASCADE,\n"
              "    tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,\n"
              "    PRIMARY KEY (note_id, tag_id)\n"
              ") WITHOUT ROWID",
        /* down */
        "31:" "DROP TABLE note_tag",
        "32:" "DROP TABLE tags",
        "33:" "DROP TABLE notes",
    },
    {
        "002_add_indexes",
        "002_add_indexes.sql",
        "xxh3:9e3c0c14571a1b79b5f55cd78e77d046",
        "xxh3:cea784213d3c7cd1df52f73a191324d2",
        /* description */ "Indexes for listing what is open and for looking up a tag",
        /* author */ "Ines Maier",
        /* date */ "2026-11-03",
        /* tags */ "performance",
        /* effects */ "creates index notes_open, index note_tag_tag_id",
        /* touched */ "[]",
        /* up */
        "10:" "CREATE INDEX notes_open ON notes (created_at) WHERE done = 0",
        "14:" "CREATE INDEX note_tag_tag_id ON note_tag (tag_id)",
        /* down */
        "18:" "DROP INDEX note_tag_tag_id",
        "19:" "DROP INDEX notes_open",
    },
    {
        "003_full_text_search",
        "003_full_text_search.sql",
        "xxh3:ebf54c51fe326fd04ac05d40f8b641e6",
        "xxh3:9fb3b593dbe0cee32b75ab2b92558a6b",
        /* description */ "Full-text search over titles and bodies",
        /* author */ "Jon Falk",
        /* date */ "2026-11-05",
        /* tags */ "search",
        /* depends */ "001_initial_schema",
        /* effects */ "creates virtual table notes_fts, trigger notes_fts_delete, trigger notes_fts_insert, trigger notes_fts_update; fills notes_fts",
        /* touched */ "[\"notes_fts_data\",\"notes_fts_config\",\"notes_fts\",\"notes_fts_idx\",\"notes_fts_docsize\"]",
        /* down_drops */ "[{\"table\":\"notes_fts\"}]",
        /* up */
        "13:" "CREATE VIRTUAL TABLE notes_fts USING fts5 (\n"
              "    title,\n"
              "    body,\n"
              "    content = 'notes',\n"
              "    content_rowid = 'id',\n"
              "    tokenize = 'unicode61 remove_diacritics 2'\n"
              ")",
        "21:" "CREATE TRIGGER notes_fts_insert AFTER INSERT ON notes BEGIN\n"
              "    INSERT INTO notes_fts (rowid, title, body) VALUES (new.id, new.title, new.body);\n"
              "END",
        "25:" "CREATE TRIGGER notes_fts_delete AFTER DELETE ON notes BEGIN\n"
              "    INSERT INTO notes_fts (notes_fts, rowid, title, body)\n"
              "    VALUES ('delete', old.id, old.title, old.body);\n"
              "END",
        "30:" "CREATE TRIGGER notes_fts_update AFTER UPDATE OF id, title, body ON notes BEGIN\n"
              "    INSERT INTO notes_fts (notes_fts, rowid, title, body)\n"
              "    VALUES ('delete', old.id, old.title, old.body);\n"
              "    INSERT INTO notes_fts (rowid, title, body) VALUES (new.id, new.title, new.body);\n"
              "END",
        "37:" "INSERT INTO notes_fts (notes_fts) VALUES ('rebuild')",
        /* down */
        "41:" "DROP TRIGGER notes_fts_update",
        "42:" "DROP TRIGGER notes_fts_delete",
        "43:" "DROP TRIGGER notes_fts_insert",
        "44:" "DROP TABLE notes_fts",
        /* verify */
        "49:" "SELECT id FROM notes EXCEPT SELECT id FROM notes_fts_docsize",
    },
    {
        "004_check_done",
        "004_check_done.sql",
        "xxh3:52b80ebbffc055315084acdfae1b5dd9",
        "xxh3:5ad56664d319ca304bc011be1935d5f5",
        /* description */ "The column done holds 0 or 1 and nothing else",
        /* author */ "Ines Maier",
        /* date */ "2026-11-09",
        /* tags */ "schema",
        /* depends */ "002_add_indexes, 003_full_text_search",
        /* effects */ "creates check (done in (0, 1)) of notes",
        /* touched */ "[\"notes_new\",\"notes\",\"notes_old\"]",
        /* up */
        "19:" "CREATE TABLE notes_new (\n"
              "    id INTEGER PRIMARY KEY,\n"
              "    title TEXT NOT NULL,\n"
              "    body TEXT NOT NULL DEFAULT '',\n"
              "    done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)),\n"
              "    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP\n"
              ")",
        "29:" "INSERT INTO notes_new (id, title, body, done, created_at)\n"
              "SELECT id, title, body, done <> 0, created_at FROM notes",
        "32:" "DROP TABLE notes",
        "33:" "ALTER TABLE notes_new RENAME TO notes",
        "35:" "CREATE INDEX notes_open ON notes (created_at) WHERE done = 0",
        "37:" "CREATE TRIGGER notes_fts_insert AFTER INSERT ON notes BEGIN\n"
              "    INSERT INTO notes_fts (rowid, title, body) VALUES (new.id, new.title, new.body);\n"
              "END",
        "41:" "CREATE TRIGGER notes_fts_delete AFTER DELETE ON notes BEGIN\n"
              "    INSERT INTO notes_fts (notes_fts, rowid, title, body)\n"
              "    VALUES ('delete', old.id, old.title, old.body);\n"
              "END",
        "46:" "CREATE TRIGGER notes_fts_update AFTER UPDATE OF id, title, body ON notes BEGIN\n"
              "    INSERT INTO notes_fts (notes_fts, rowid, title, body)\n"
              "    VALUES ('delete', old.id, old.title, old.body);\n"
              "    INSERT INTO notes_fts (rowid, title, body) VALUES (new.id, new.title, new.body);\n"
              "END",
        /* down */
        "54:" "CREATE TABLE notes_old (\n"
              "    id INTEGER PRIMARY KEY,\n"
              "    title TEXT NOT NULL,\n"
              "    body TEXT NOT NULL DEFAULT '',\n"
              "    done INTEGER NOT NULL DEFAULT 0,\n"
              "    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP\n"
              ")",
        "62:" "INSERT INTO notes_old (id, title, body, done, created_at)\n"
              "SELECT id, title, body, done, created_at FROM notes",
        "65:" "DROP TABLE notes",
        "66:" "ALTER TABLE notes_old RENAME TO notes",
        "68:" "CREATE INDEX notes_open ON notes (created_at) WHERE done = 0",
        "70:" "CREATE TRIGGER notes_fts_insert AFTER INSERT ON notes BEGIN\n"
              "    INSERT INTO notes_fts (rowid, title, body) VALUES (new.id, new.title, new.body);\n"
              "END",
        "74:" "CREATE TRIGGER notes_fts_delete AFTER DELETE ON notes BEGIN\n"
              "    INSERT INTO notes_fts (notes_fts, rowid, title, body)\n"
              "    VALUES ('delete', old.id, old.title, old.body);\n"
              "END",
        "79:" "CREATE TRIGGER notes_fts_update AFTER UPDATE OF id, title, body ON notes BEGIN\n"
              "    INSERT INTO notes_fts (notes_fts, rowid, title, body)\n"
              "    VALUES ('delete', old.id, old.title, old.body);\n"
              "    INSERT INTO notes_fts (rowid, title, body) VALUES (new.id, new.title, new.body);\n"
              "END",
        /* verify */
        "88:" "SELECT id FROM notes EXCEPT SELECT id FROM notes_fts_docsize",
        "89:" "SELECT id FROM notes_fts_docsize EXCEPT SELECT id FROM notes",
    },
    {
        "005_record_when_done",
        "005_record_when_done.sql",
        "xxh3:a033aba1b15d0040f0d191da8a75de20",
        "xxh3:367bc91e1b69a1c91dbee51f7184a932",
        /* description */ "When a note was done, filled in as well as we know for the old ones",
        /* author */ "Jon Falk",
        /* date */ "2026-11-12",
        /* tags */ "data",
        /* effects */ "adds column notes.done_at; updates notes",
        /* touched */ "[\"notes\"]",
        /* down_drops */ "[{\"table\":\"notes\",\"column\":\"done_at\"}]",
        /* up */
        "9:" "ALTER TABLE notes ADD COLUMN done_at TEXT",
        "13:" "UPDATE notes SET done_at = created_at WHERE done = 1",
        /* down */
        "17:" "ALTER TABLE notes DROP COLUMN done_at",
        /* verify */
        "21:" "SELECT id FROM notes WHERE (done = 1) <> (done_at IS NOT NULL)",
    },
    {
        "006_note_list_view",
        "006_note_list_view.sql",
        "xxh3:2b98ff24b22886a50cc2cc9ab37ad6d6",
        "xxh3:86e40ce19a98e4f984403edccd49c6b8",
        /* description */ "A view of the notes as they are listed, with their tags in one column",
        /* author */ "Ines Maier",
        /* date */ "2026-11-13",
        /* effects */ "creates view note_list",
        /* touched */ "[\"note_list\"]",
        /* up */
        "9:" "CREATE VIEW note_list AS\n"
             "SELECT id, title, done, done_at, created_at,\n"
             "       (SELECT group_concat('#' || name, ' ')\n"
             "          FROM (SELECT tags.name\n"
             "                  FROM note_tag JOIN tags ON tags.id = note_tag.tag_id\n"
             "                 WHERE note_tag.note_id = notes.id\n"
             "                 ORDER BY tags.name)) AS tags\n"
             "  FROM notes",
        /* down */
        "20:" "DROP VIEW note_list",
    },
    {
        "007_normalise_titles",
        "007_normalise_titles.sql",
        "xxh3:ea27b3be0ddf03787c676d2e77e6698a",
        "xxh3:499b85c1dc35652df4cef99a830bd31e",
        /* description */ "One blank between the words of a title and none around them",
        /* author */ "Jon Falk",
        /* date */ "2026-11-16",
        /* tags */ "data",
        /* lossy */ "titles keep their single blanks; the white space as it was typed is forgotten",
        /* effects */ "creates trigger notes_title_insert, trigger notes_title_update",
        /* up */
        "11 call:" "normalise_titles",
        "14:" "CREATE TRIGGER notes_title_insert BEFORE INSERT ON notes\n"
              "WHEN new.title <> trim(new.title) OR instr(new.title, '  ')\n"
              "BEGIN\n"
              "    SELECT RAISE(ABORT, 'a title has single blanks, between its words only');\n"
              "END",
        "20:" "CREATE TRIGGER notes_title_update BEFORE UPDATE OF title ON notes\n"
              "WHEN new.title <> trim(new.title) OR instr(new.title, '  ')\n"
              "BEGIN\n"
              "    SELECT RAISE(ABORT, 'a title has single blanks, between its words only');\n"
              "END",
        /* down */
        "28:" "DROP TRIGGER notes_title_update",
        "29:" "DROP TRIGGER notes_title_insert",
        /* verify */
        "33:" "SELECT id FROM notes WHERE title <> trim(title) OR instr(title, '  ')",
        "36:" "SELECT id FROM notes EXCEPT SELECT id FROM notes_fts_docsize",
    },
    {
        "008_done_at_trigger",
        "008_done_at_trigger.sql",
        "xxh3:ce6e4124545787379fa1d2b0ae12ce3a",
        "xxh3:fb2357f9cdac311e019e83383be85f28",
        /* description */ "The database itself keeps done_at in step with done",
        /* author */ "Jon Falk",
        /* date */ "2026-11-17",
        /* tags */ "schema",
        /* depends */ "005_record_when_done",
        /* effects */ "creates trigger notes_done_at",
        /* touched */ "[]",
        /* up */
        "11:" "CREATE TRIGGER notes_done_at AFTER UPDATE OF done ON notes\n"
              "WHEN new.done <> old.done\n"
              "BEGIN\n"
              "    UPDATE notes\n"
              "       SET done_at = CASE new.done WHEN 1 THEN CURRENT_TIMESTAMP ELSE NULL END\n"
              "     WHERE id = new.id;\n"
              "END",
        /* down */
        "21:" "DROP TRIGGER notes_done_at",
    },
    {
        "009_due_dates",
        "009_due_dates.sql",
        "xxh3:fe4bee9fe01ebefdf4659b4af0139d9e",
        "xxh3:e844c370683aa16d38d63af3a4066980",
        /* description */ "A note can be due on a day",
        /* author */ "Ines Maier",
        /* date */ "2026-11-20",
        /* tags */ "schema",
        /* depends */ "006_note_list_view",
        /* effects */ "creates check (due_on is date(due_on)) of notes; adds column notes.due_on; changes view note_list",
        /* touched */ "[\"notes\",\"note_list\"]",
        /* down_drops */ "[{\"table\":\"notes\",\"column\":\"due_on\"}]",
        /* up */
        "12:" "ALTER TABLE notes ADD COLUMN due_on TEXT CHECK (due_on IS date(due_on))",
        "14:" "DROP VIEW note_list",
        "15:" "CREATE VIEW note_list AS\n"
              "SELECT id, title, done, done_at, due_on, created_at,\n"
              "       (SELECT group_concat('#' || name, ' ')\n"
              "          FROM (SELECT tags.name\n"
              "                  FROM note_tag JOIN tags ON tags.id = note_tag.tag_id\n"
              "                 WHERE note_tag.note_id = notes.id\n"
              "                 ORDER BY tags.name)) AS tags\n"
              "  FROM notes",
        /* down */
        "27:" "DROP VIEW note_list",
        "28:" "ALTER TABLE notes DROP COLUMN due_on",
        "30:" "CREATE VIEW note_list AS\n"
              "SELECT id, title, done, done_at, created_at,\n"
              "       (SELECT group_concat('#' || name, ' ')\n"
              "          FROM (SELECT tags.name\n"
              "                  FROM note_tag JOIN tags ON tags.id = note_tag.tag_id\n"
              "                 WHERE note_tag.note_id = notes.id\n"
              "                 ORDER BY tags.name)) AS tags\n"
              "  FROM notes",
    },
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
    9, 59, 0, notes_rows, (const char *)&notes_texts, notes_calls, notes_texts.m009.chain
};

const migc_set notes = { 6, 0, "notes", 9, NULL, NULL, NULL, NULL, NULL, NULL, &notes_packed };
