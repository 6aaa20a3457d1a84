/*
 * tool.c - what the tests ask of a cluster, by the client that the driver uses:
 *
 *     tool ADDRESS leader                 prints the address of who leads
 *     tool ADDRESS add ID ADDRESS         makes a node part of the cluster, and a voter
 *     tool ADDRESS dump DATABASE DIR      copies the files of a database, as that node has them
 *     tool ADDRESS sql DATABASE SQL       runs one statement, prints its rows
 *
 * Exit status: 0 done, 1 refused, 2 wrong usage.
 */
#include "dqlite/wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool write_copy(void *argument, const char *name, const void *bytes, size_t size) {
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s", (const char *)argument, name);
    FILE *file = fopen(path, "wb");
    if (!file)
        return false;
    bool is_whole = fwrite(bytes, 1, size, file) == size;
    return fclose(file) == 0 && is_whole;
}

static bool print_row(void *argument, size_t count, const migci_wire_value *values) {
    (void)argument;
    for (size_t i = 0; i < count; i++) {
        const migci_wire_value *value = &values[i];
        if (i > 0)
            putchar('|');
        if (value->type == MIGCI_WIRE_TEXT || value->type == MIGCI_WIRE_ISO_8601)
            fputs(value->bytes, stdout);
        else if (value->type == MIGCI_WIRE_FLOAT)
            printf("%g", value->real);
        else if (value->type != MIGCI_WIRE_NULL)
            printf("%" PRId64, value->number);
    }
    putchar('\n');
    return false;
}

static int run_sql(migci_wire *wire, const char *database, const char *sql) {
    int code = migci_wire_open_database(wire, database);
    if (code != 0)
        return code;
    return strncmp(sql, "SELECT", 6) == 0 || strncmp(sql, "PRAGMA", 6) == 0
               ? migci_wire_query(wire, sql, 0, NULL, print_row, NULL)
               : migci_wire_exec(wire, sql, 0, NULL);
}

static int print_leader(migci_wire *wire) {
    char address[256];
    int code = migci_wire_leader(wire, address, sizeof(address));
    if (code == 0)
        puts(address);
    return code == 0 && !*address ? SQLITE_ERROR : code;
}

/* It takes the copy of the log to the node.  One that an earlier try has added is made a voter. */
static int add_voter(migci_wire *wire, const char *id, const char *address) {
    wire->timeout_ms = 10000;
    if (migci_wire_add_node(wire, strtoull(id, NULL, 10), address) == MIGCI_WIRE_BROKEN)
        return MIGCI_WIRE_BROKEN;
    return migci_wire_make_voter(wire, strtoull(id, NULL, 10));
}

int main(int argc, char **argv) {
    const char *command = argc > 2 ? argv[2] : "";
    migci_wire wire = {0};
    int code =
        argc < 3 ? SQLITE_MISUSE : migci_wire_connect(&wire, argv[1], migc_dqlite_tcp, NULL, 1000);
    if (code == 0 && argc == 3 && strcmp(command, "leader") == 0)
        code = print_leader(&wire);
    else if (code == 0 && argc == 5 && strcmp(command, "add") == 0)
        code = add_voter(&wire, argv[3], argv[4]);
    else if (code == 0 && argc == 5 && strcmp(command, "dump") == 0)
        code = migci_wire_dump(&wire, argv[3], write_copy, argv[4]);
    else if (code == 0 && argc == 5 && strcmp(command, "sql") == 0)
        code = run_sql(&wire, argv[3], argv[4]);
    else if (code == 0)
        code = SQLITE_MISUSE;
    if (code != 0)
        fprintf(stderr, "tool: %s (%d)\n", code == SQLITE_MISUSE ? "wrong usage" : wire.reason,
                code);
    migci_wire_close(&wire);
    return code == 0 ? 0 : code == SQLITE_MISUSE ? 2 : 1;
}
