/*
 * commands.c - the commands of notes: add, list, search, tag, due, done.
 *
 * They rely on the schema being the one this program was built for and take
 * their transaction as given; both are notes.c's concern.
 */
#include "commands.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "titles.h"

/* --------------------------------------------------------------- statements */

static int fail_sql(sqlite3 *db) {
    fprintf(stderr, "notes: %s\n", sqlite3_errmsg(db));
    return FAILED;
}

static int fail_memory(void) {
    fprintf(stderr, "notes: out of memory\n");
    return FAILED;
}

/*
 * Prepares a statement and binds its parameters ?1 and ?2; NULL after a message.
 * An id is bound as the text that the user typed: compared with an INTEGER column
 * it counts as a number, and one that is no number matches nothing.
 */
static sqlite3_stmt *prepare(sqlite3 *db, const char *sql, const char *first, const char *second) {
    const char *const values[] = {first, second};
    sqlite3_stmt *statement = NULL;

    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    int count = sqlite3_bind_parameter_count(statement);
    for (int i = 0; i < 2 && i < count && code == SQLITE_OK; i++) {
        code = sqlite3_bind_text(statement, i + 1, values[i], -1, SQLITE_STATIC);
    }
    if (code != SQLITE_OK) {
        fail_sql(db);
        sqlite3_finalize(statement);
        return NULL;
    }
    return statement;
}

static int execute(sqlite3 *db, const char *sql, const char *first, const char *second) {
    sqlite3_stmt *statement = prepare(db, sql, first, second);
    if (statement == NULL) {
        return FAILED;
    }
    int status = sqlite3_step(statement) == SQLITE_DONE ? DONE : fail_sql(db);
    sqlite3_finalize(statement);
    return status;
}

/* Insists that a query about `value` has a row; else says "COMPLAINT VALUE". */
static int require(sqlite3 *db, const char *sql, const char *value, const char *complaint) {
    sqlite3_stmt *statement = prepare(db, sql, value, NULL);
    if (statement == NULL) {
        return FAILED;
    }
    int code = sqlite3_step(statement);
    if (code == SQLITE_DONE) {
        fprintf(stderr, "notes: %s %s\n", complaint, value);
    } else if (code != SQLITE_ROW) {
        fail_sql(db);
    }
    sqlite3_finalize(statement);
    return code == SQLITE_ROW ? DONE : FAILED;
}

static int require_note(sqlite3 *db, const char *id) {
    return require(db, "SELECT 1 FROM notes WHERE id = ?1", id, "there is no note");
}

/* ------------------------------------------------------------------ reading */

#define NOTE_COLUMNS "note_list.id, note_list.done, note_list.title, due_on, tags"

static const char *column_text(sqlite3_stmt *row, int column) {
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text == NULL ? "" : text;
}

/* Prints one row of NOTE_COLUMNS. */
static void print_note(sqlite3_stmt *row) {
    const char *due = column_text(row, 3);
    const char *tags = column_text(row, 4);

    printf("%4lld [%c] %s", (long long)sqlite3_column_int64(row, 0),
           sqlite3_column_int(row, 1) ? 'x' : ' ', column_text(row, 2));
    if (due[0] != '\0') {
        printf("  (due %s)", due);
    }
    printf("%s%s\n", tags[0] == '\0' ? "" : "  ", tags);
}

static int print_notes(sqlite3 *db, const char *sql, const char *parameter) {
    sqlite3_stmt *statement = prepare(db, sql, parameter, NULL);
    int code = SQLITE_ROW;

    if (statement == NULL) {
        return FAILED;
    }
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        print_note(statement);
    }
    int status = code == SQLITE_DONE ? DONE : fail_sql(db);
    sqlite3_finalize(statement);
    return status;
}

static int list_notes(sqlite3 *db, int argc, char **argv) {
    if (argc == 0) {
        return print_notes(db,
                           "SELECT " NOTE_COLUMNS " FROM note_list WHERE done = 0"
                           " ORDER BY due_on NULLS LAST, created_at, id",
                           NULL);
    }
    if (strcmp(argv[0], "-a") != 0) {
        fprintf(stderr, "notes: list takes -a, not \"%s\"\n", argv[0]);
        return WRONG_USAGE;
    }
    return print_notes(db,
                       "SELECT " NOTE_COLUMNS " FROM note_list"
                       " ORDER BY done, done_at DESC, due_on NULLS LAST, created_at, id",
                       NULL);
}

/*
 * A note must have every word, or one that begins with it.  Quoted, the words are
 * plain text: an AND, a hyphen or a quote that the user types is no search syntax.
 */
static char *search_expression(int count, char **words) {
    sqlite3_str *expression = sqlite3_str_new(NULL);
    for (int i = 0; i < count; i++) {
        sqlite3_str_appendf(expression, "%s\"%w\"*", i == 0 ? "" : " ", words[i]);
    }
    return sqlite3_str_finish(expression);
}

static int search_notes(sqlite3 *db, int argc, char **argv) {
    char *expression = search_expression(argc, argv);
    if (expression == NULL) {
        return fail_memory();
    }
    int status = print_notes(db,
                             "SELECT " NOTE_COLUMNS " FROM notes_fts"
                             " JOIN note_list ON note_list.id = notes_fts.rowid"
                             " WHERE notes_fts MATCH ?1 ORDER BY rank",
                             expression);
    sqlite3_free(expression);
    return status;
}

/* ------------------------------------------------------------------ writing */

static int add_tag(sqlite3 *db, const char *id, const char *tag) {
    /* The shell takes an unquoted # for a comment, so a tag may come without it. */
    const char *name = tag + (tag[0] == '#');

    if (name[0] == '\0' || strpbrk(name, " \t\r\n") != NULL) {
        fprintf(stderr, "notes: a tag is one word, not \"%s\"\n", tag);
        return WRONG_USAGE;
    }
    int status = execute(db, "INSERT OR IGNORE INTO tags (name) VALUES (?1)", name, NULL);
    if (status == DONE) {
        status = execute(db,
                         "INSERT OR IGNORE INTO note_tag (note_id, tag_id)"
                         " SELECT ?1, id FROM tags WHERE name = ?2",
                         id, name);
    }
    return status;
}

static int add_tags(sqlite3 *db, const char *id, int count, char **tags) {
    int status = DONE;
    for (int i = 0; i < count && status == DONE; i++) {
        status = add_tag(db, id, tags[i]);
    }
    return status;
}

static int tag_note(sqlite3 *db, int argc, char **argv) {
    int status = require_note(db, argv[0]);
    return status == DONE ? add_tags(db, argv[0], argc - 1, argv + 1) : status;
}

static int insert_note(sqlite3 *db, const char *text) {
    const char *end = strchr(text, '\n');
    char *title = sqlite3_mprintf("%s", text);
    int status = WRONG_USAGE;

    if (title == NULL) {
        return fail_memory();
    }
    title[strcspn(title, "\n")] = '\0';
    title_normalise(title);
    if (title[0] == '\0') {
        fprintf(stderr, "notes: the first line of a note is its title, this one is empty\n");
    } else {
        status = execute(db, "INSERT INTO notes (title, body) VALUES (?1, ?2)", title,
                         end == NULL ? "" : end + 1);
    }
    sqlite3_free(title);
    return status;
}

static int add_note(sqlite3 *db, int argc, char **argv) {
    char id[24];

    int status = insert_note(db, argv[0]);
    if (status != DONE) {
        return status;
    }
    snprintf(id, sizeof(id), "%lld", (long long)sqlite3_last_insert_rowid(db));
    status = add_tags(db, id, argc - 1, argv + 1);
    if (status == DONE) {
        printf("%s\n", id);
    }
    return status;
}

static int set_due_day(sqlite3 *db, int argc, char **argv) {
    const char *day = argc > 1 ? argv[1] : NULL;

    int status = require_note(db, argv[0]);
    if (status == DONE && day != NULL) {
        status = require(db, "SELECT 1 WHERE ?1 IS date(?1)", day,
                         "a day is written like 2026-12-24, not");
    }
    if (status == DONE) {
        status = execute(db, "UPDATE notes SET due_on = ?2 WHERE id = ?1", argv[0], day);
    }
    return status;
}

static int finish_note(sqlite3 *db, int argc, char **argv) {
    (void)argc;
    int status = require_note(db, argv[0]);
    if (status == DONE) {
        status = execute(db, "UPDATE notes SET done = 1 WHERE id = ?1", argv[0], NULL);
    }
    return status;
}

/* -------------------------------------------------------------------- table */

/* A writer takes the lock at once: upgrading a reader's can fail without waiting. */
#define READS "BEGIN"
#define WRITES "BEGIN IMMEDIATE"

const struct command commands[] = {
    {"add", "TEXT [TAG...]", "add a note; its first line is the title", 1, INT_MAX, WRITES,
     add_note},
    {"list", "[-a]", "list the open notes; -a: the done ones too", 0, 1, READS, list_notes},
    {"search", "WORD...", "list the notes that have all the words", 1, INT_MAX, READS,
     search_notes},
    {"tag", "ID TAG...", "give a note more tags", 2, INT_MAX, WRITES, tag_note},
    {"due", "ID [YYYY-MM-DD]", "set the day a note is due, or clear it", 1, 2, WRITES, set_due_day},
    {"done", "ID", "mark a note as done", 1, 1, WRITES, finish_note},
};
const size_t command_count = sizeof(commands) / sizeof(commands[0]);
