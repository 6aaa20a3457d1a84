/*
 * write_sql.c - makes the SQL that the compiler is measured with, always the same.
 *
 *     write_sql PARTS EACH FOLDER [ARRAY.c ONE.c]
 *
 * writes PARTS parts of about 500 bytes, EACH of them a migration, and the same statements,
 * without header and markers, one plain string literal a line: ARRAY.c has them as an array,
 * ONE.c as a single string, which the compiler joins.  Prints the bytes of the migrations, and
 * of the statements.
 */
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TEXT = 1024 };

static const char head_form[] = "-- Description: What the shop keeps of part %u, and its cost\n"
                                "-- Author: Dev Team\n\n"
                                "-- up\n";

static const char up_form[] =
    "CREATE TABLE part_%u (\n"
    "    id INTEGER PRIMARY KEY,\n"
    "    name TEXT NOT NULL CHECK (name <> ''),\n"
    "    price INTEGER NOT NULL DEFAULT 0, -- in cents\n"
    "    made_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP\n"
    ");\n"
    "CREATE INDEX part_%u_name ON part_%u (name COLLATE NOCASE);\n"
    "INSERT INTO part_%u (name, price) VALUES ('it''s a bolt; M8', 120), ('nut', 35);\n"
    "CREATE TRIGGER part_%u_named BEFORE UPDATE ON part_%u BEGIN\n"
    "    SELECT RAISE(ABORT, 'unnamed') WHERE new.name = '';\n"
    "END;\n";

static const char down_marker[] = "\n-- down\n";
static const char down_form[] = "DROP TABLE part_%u;\n";

static size_t format(char *text, const char *form, unsigned n) {
    int size = snprintf(text, MOST_TEXT, form, n, n, n, n, n, n);
    if (size < 0 || size >= MOST_TEXT)
        give_up("the SQL", "too long");
    return (size_t)size;
}

static FILE *open_to_write(const char *path) {
    FILE *file = fopen(path, "w");
    if (!file)
        give_up(path, "cannot be written");
    return file;
}

static void close_written(FILE *file, const char *path) {
    int failed = ferror(file);
    if (fclose(file) != 0 || failed)
        give_up(path, "cannot be written");
}

/* Parts `first` to `last`, as migration `number`.  Returns its size. */
static size_t write_migration(const char *folder, unsigned number, unsigned first, unsigned last) {
    char path[400], text[MOST_TEXT];
    size_t size = format(text, head_form, first);
    snprintf(path, sizeof(path), "%s/%06u_part_%u.sql", folder, number, number);
    FILE *file = open_to_write(path);
    fputs(text, file);
    for (unsigned n = first; n <= last; n++) {
        size += format(text, up_form, n);
        fputs(text, file);
    }
    size += strlen(down_marker);
    fputs(down_marker, file);
    for (unsigned n = last; n >= first; n--) {
        size += format(text, down_form, n);
        fputs(text, file);
    }
    close_written(file, path);
    return size;
}

/* The text holds nothing that C would have to have escaped. */
static void write_lines(FILE *file, const char *text, const char *after) {
    for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1)
        fprintf(file, "    \"%.*s\\n\"%s\n", (int)(end - text), text, after);
}

/* Returns the size of the statements. */
static size_t write_literals(const char *path, const char *type, const char *after,
                             unsigned parts) {
    char text[MOST_TEXT];
    size_t size = 0;
    int is_array = *after != '\0';
    FILE *file = open_to_write(path);
    fprintf(file, "extern %s;\n%s =%s\n", type, type, is_array ? " {" : "");
    for (unsigned n = 1; n <= parts; n++) {
        size += format(text, up_form, n);
        write_lines(file, text, after);
        size += format(text, down_form, n);
        write_lines(file, text, after);
    }
    fputs(is_array ? "};\n" : ";\n", file);
    close_written(file, path);
    return size;
}

int main(int argc, char **argv) {
    size_t files_size = 0, literals_size = 0;
    unsigned parts = argc > 3 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;
    unsigned each = argc > 3 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
    if (each == 0 || parts % each != 0 || argc == 5)
        give_up("usage", "write_sql PARTS EACH FOLDER [ARRAY.c ONE.c]");
    for (unsigned number = 1, first = 1; first <= parts; number++, first += each)
        files_size += write_migration(argv[3], number, first, first + each - 1);
    if (argc > 5) {
        literals_size = write_literals(argv[4], "const char *const sql[]", ",", parts);
        write_literals(argv[5], "const char sql[]", "", parts);
    }
    printf("%zu %zu\n", files_size, literals_size);
    return 0;
}
