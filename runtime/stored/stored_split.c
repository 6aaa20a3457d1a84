/*
 * stored_split.c - verifies a stored DOWN and splits it into steps.
 *
 * history.c writes it: a line "-- transaction: none" where it runs outside transactions; a
 * statement and ";" and the end of a line, or a line "-- call: NAME", and so on; a line with what
 * it drops; at last the line with the sum.  Where a statement ends is for sqlite3_complete() to
 * say, which is asked where one may.
 *
 * A stored DOWN is all or nothing.  One from outside transactions runs inside one if all of its
 * statements can, and is refused here if one cannot.
 */
#include "stored.h"

#include <stdio.h>
#include <string.h>

#define CALL_LINE "-- call: "

enum { SUM_DIGITS = 16 };

/* Cuts the last line off, and compares. */
static bool take_sum(const migci_unknown_migration *unknown, char *text) {
    const size_t line = strlen(MIGCI_SUM_LINE) + SUM_DIGITS + 1;
    size_t length = strlen(text);
    char expected[64];
    if (length <= line || text[length - line - 1] != '\n')
        return false;
    char *sum = text + length - line;
    char stored[64];
    snprintf(stored, sizeof(stored), "%s", sum);
    *sum = '\0';
    const migc_migration *migration = &unknown->migration;
    snprintf(expected, sizeof(expected), MIGCI_SUM_LINE "%016llx\n",
             (unsigned long long)migci_down_sum(migration->name, migration->checksum, text));
    return strcmp(stored, expected) == 0;
}

/* Ends the statement at `text` with a NUL in place of its ";"; returns what follows, or NULL
 * when no statement ends there. */
static char *cut_statement(char *text) {
    for (char *end = text; (end = strstr(end, ";\n")); end++) {
        char next = end[1];
        end[1] = '\0';
        int complete = sqlite3_complete(text);
        end[1] = next;
        if (complete) {
            *end = '\0';
            return end + 2;
        }
    }
    return NULL;
}

static migc_code refuse_text(migci_session *session, const migci_unknown_migration *unknown) {
    return migci_fail(session, MIGC_DOWN_EDITED,
                      "the DOWN that is stored for %s is not as it was when that was applied:"
                      " somebody changed it, or the file is damaged. Revert it with the program"
                      " that applied it, or restore a backup",
                      unknown->migration.name);
}

/* `word` stands between what the DOWN does and why this program does not. */
static migc_code leave_to_program(migci_session *session, const migc_migration *migration,
                                  const char *does, const char *word, const char *why) {
    migci_fail(session, MIGC_IRREVERSIBLE,
               "%s cannot be reverted by this program: its stored DOWN %s%.80s%s that applied it",
               migration->name, does, word, why);
    session->advice = "Revert it with that program, or restore a backup";
    return MIGC_IRREVERSIBLE;
}

static migc_code split_text(migci_session *session, migci_unknown_migration *unknown, char *text,
                            migc_step *steps) {
    migc_migration *migration = &unknown->migration;
    bool outside = strncmp(text, MIGCI_OUTSIDE_LINE, strlen(MIGCI_OUTSIDE_LINE)) == 0;
    unsigned line = outside ? 2 : 1;
    text += outside ? strlen(MIGCI_OUTSIDE_LINE) : 0;
    while (*text) {
        if (strncmp(text, CALL_LINE, strlen(CALL_LINE)) == 0) {
            text[strcspn(text, "\n")] = '\0';
            return leave_to_program(session, migration, "calls ", text + strlen(CALL_LINE),
                                    "() in C, which is part of the program");
        }
        if (strncmp(text, MIGCI_DROPS_LINE, strlen(MIGCI_DROPS_LINE)) == 0) {
            migration->down_drops = text + strlen(MIGCI_DROPS_LINE);
            text += strcspn(text, "\n");
            *text++ = '\0';
            continue;
        }
        migc_step step = {line, text, NULL};
        char *rest = cut_statement(text);
        if (!rest)
            return refuse_text(session, unknown);
        if (outside && !migci_runs_in_transaction(&step))
            return leave_to_program(session, migration, "runs outside transactions (", step.text,
                                    "), which is left to the program");
        for (; text < rest; text++)
            line += *text == '\n';
        steps[migration->down_count++] = step;
    }
    return MIGC_OK;
}

migc_code migci_stored_split(migci_session *session, migci_memory *memory,
                             migci_unknown_migration *unknown) {
    migc_migration *migration = &unknown->migration;
    if (!unknown->down)
        return migci_fail(session, MIGC_IRREVERSIBLE,
                          "%s cannot be reverted: the program that applied it stored no DOWN",
                          migration->name);
    size_t lines = 0;
    for (const char *at = unknown->down; (at = strchr(at, '\n')); at++)
        lines++;
    char *text = migci_copy(memory, unknown->down);
    migc_step *steps = migci_allocate(memory, lines * sizeof(*steps));
    if (!text || !steps)
        return migci_fail(session, MIGC_NO_MEMORY, "out of memory, while reading the history");
    if (!take_sum(unknown, text))
        return refuse_text(session, unknown);
    migration->steps = steps;
    return split_text(session, unknown, text, steps);
}
