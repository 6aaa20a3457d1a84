/*
 * prove.c - what the proof is measured against, and the folder it proves: migrations of a table,
 * two indexes and three rows each, with their DOWN.
 *
 *     prove write COUNT FOLDER     writes them as files
 *     prove tables COUNT FOLDER    the same with nothing but the table
 *     prove literals COUNT         prints their statements as an array of C literals
 *     prove run COUNT              runs their UP once, in one transaction, through sqlite3_exec() in memory
 *     prove file FILE.sql          the same with the UPs of a file
 */
#include "measure.h"
#include "set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_migration(const char *folder, const migc_migration *migration) {
    char path[400];
    snprintf(path, sizeof(path), "%s/%s", folder, migration->file);
    FILE *file = fopen(path, "w");
    if (!file) {
        give_up(path, "cannot be written");
        return;
    }
    fputs("-- up\n", file);
    for (unsigned i = 0; i < migration->up_count + migration->down_count; i++) {
        if (i == migration->up_count)
            fputs("\n-- down\n", file);
        fprintf(file, "%s;\n", migration->steps[i].text);
    }
    if (fclose(file) != 0)
        give_up(path, "cannot be written");
}

static void write_set(const migc_set *set, const char *folder) {
    for (size_t i = 0; i < set->count; i++)
        write_migration(folder, &set->migrations[i]);
}

/* Nothing in them needs an escape. */
static void print_literals(const migc_set *set) {
    puts("extern const char *const literals[];\nconst char *const literals[] = {");
    for (size_t i = 0; i < set->count; i++)
        for (unsigned s = 0; s < set->migrations[i].up_count + set->migrations[i].down_count; s++)
            printf("    \"%s\",\n", set->migrations[i].steps[s].text);
    puts("};");
}

static void execute(sqlite3 *db, const char *sql) {
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        give_up(sql, sqlite3_errmsg(db));
}

static void run_set(const migc_set *set) {
    sqlite3 *db;
    if (sqlite3_open(":memory:", &db) != SQLITE_OK)
        give_up("a database in memory", sqlite3_errmsg(db));
    execute(db, "BEGIN");
    for (size_t i = 0; i < set->count; i++)
        for (unsigned s = 0; s < set->migrations[i].up_count; s++)
            execute(db, set->migrations[i].steps[s].text);
    execute(db, "COMMIT");
    sqlite3_close(db);
}

static char *read_all(const char *path) {
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t size = 0;
    if (file) {
        if (getdelim(&text, &size, '\0', file) < 0)
            give_up(path, "cannot be read");
        fclose(file);
    }
    return text;
}

static void run_file(const char *path) {
    sqlite3 *db;
    char *sql = read_all(path);
    if (!sql)
        give_up(path, "cannot be opened");
    if (sqlite3_open(":memory:", &db) != SQLITE_OK)
        give_up("a database in memory", sqlite3_errmsg(db));
    execute(db, sql);
    sqlite3_close(db);
    free(sql);
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "file") == 0) {
        run_file(argv[2]);
        return 0;
    }
    struct made_set made;
    size_t count = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
    if (count == 0)
        give_up("usage", "prove write|tables COUNT FOLDER | prove literals|run COUNT");
    make_set(&made, count, strcmp(argv[1], "tables") == 0 ? ONE_TABLE : TABLE_AND_ROWS);
    if (argc == 4)
        write_set(&made.set, argv[3]);
    else if (strcmp(argv[1], "literals") == 0)
        print_literals(&made.set);
    else
        run_set(&made.set);
    free_set(&made);
    return 0;
}
