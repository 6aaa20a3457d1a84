/*
 * check.c - checks a whole database: SQLite's own checks of the file and its foreign
 * keys, and validate.c's of the history.
 */
#include "repair.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { MOST_LINES = 100, TEXT_SIZE = 700 };

struct line {
    migc_check_line line;
    struct line *next;
};

struct checking {
    migci_session *session;
    struct line *first, **end;
    size_t count, bad;
    size_t bad_of[MIGC_CHECK_STAMP + 1];
    const char *first_bad[MIGC_CHECK_STAMP + 1];
    const char *advice; /* of the problem, or NULL */
    bool no_memory;
};

static void add_line(struct checking *checking, migc_check_type type, bool good, const char *format,
                     ...) MIGCI_PRINTF(4, 5);

static void add_line(struct checking *checking, migc_check_type type, bool good, const char *format,
                     ...) {
    static const char *const names[] = {
#define NAME_ROW(name, text) text,
        MIGC_CHECKS(NAME_ROW)
#undef NAME_ROW
    };
    assert((size_t)type < sizeof(names) / sizeof(*names));
    struct line *line = migci_allocate(&checking->session->memory, sizeof(*line));
    char text[TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    char *copy = migci_copy(&checking->session->memory, text);
    if (!line || !copy) {
        checking->no_memory = true;
        return;
    }
    line->line = (migc_check_line){type, names[type], good, copy};
    *checking->end = line;
    checking->end = &line->next;
    checking->count++;
    checking->bad += !good;
    if (!good && !checking->bad_of[type]++)
        checking->first_bad[type] = copy;
}

static void add_good_line(struct checking *checking, migc_check_type type, const char *text) {
    if (!checking->bad_of[type])
        add_line(checking, type, true, "%s", text);
}

/* -------------------------------------------------------------- SQLite's own */

static bool is_damage(migc_code code) {
    return code == MIGC_CORRUPT || code == MIGC_STEP_FAILED;
}

/* A row may have several lines, under one that names the database. */
static const char *skip_title(const char *text) {
    const char *end = strncmp(text, "***", 3) == 0 ? strchr(text, '\n') : NULL;
    return end ? end + 1 : text;
}

static int take_integrity(void *argument, const migci_value *cells) {
    struct checking *checking = argument;
    const char *line = skip_title(cells[0].text ? cells[0].text : "");
    while (*line && strcmp(line, "ok") != 0) {
        size_t length = strcspn(line, "\n");
        /* From SQLite 3.44 on the integrity has the indexes of full text; they are checked with the
         * objects, which says of which and what to do. */
        bool is_of_full_text = strncmp(line, "fts5: ", 6) == 0 ||
                               (strstr(line, "inverted index for FTS") && strstr(line, " table "));
        if (!is_of_full_text)
            add_line(checking, MIGC_CHECK_INTEGRITY, 0, "%.*s", (int)length, line);
        line += length + (line[length] == '\n');
    }
    return 0;
}

/* What is so damaged that it cannot be checked is damaged. */
static migc_code check_integrity(struct checking *checking) {
    migci_session *session = checking->session;
    if (migci_ask(session, take_integrity, checking, "PRAGMA main.integrity_check(100)", "") !=
        MIGCI_DONE) {
        if (!is_damage(session->driver.failure.code))
            return migci_fail_driver(session, "checking the integrity");
        add_line(checking, MIGC_CHECK_INTEGRITY, 0, "it cannot be checked: %s",
                 session->driver.failure.reason);
    }
    add_good_line(checking, MIGC_CHECK_INTEGRITY, "ok");
    return MIGC_OK;
}

/* Cells: child, parent, count. */
static int take_orphans(void *argument, const migci_value *cells) {
    struct checking *checking = argument;
    add_line(checking, MIGC_CHECK_FOREIGN_KEYS, 0, "%lld row%s of %s point%s at no row of %s",
             (long long)cells[2].number, cells[2].number == 1 ? "" : "s", cells[0].text,
             cells[2].number == 1 ? "s" : "", cells[1].text);
    return checking->bad_of[MIGC_CHECK_FOREIGN_KEYS] >= MOST_LINES;
}

static migc_code check_foreign_keys(struct checking *checking) {
    migci_session *session = checking->session;
    if (migci_ask(session, take_orphans, checking,
                  "SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check"
                  " GROUP BY 1, 2 ORDER BY 1, 2",
                  "") != MIGCI_DONE) {
        if (!is_damage(session->driver.failure.code))
            return migci_fail_driver(session, "checking foreign keys");
        add_line(checking, MIGC_CHECK_FOREIGN_KEYS, 0, "they cannot be checked: %s",
                 session->driver.failure.reason);
    }
    add_good_line(checking, MIGC_CHECK_FOREIGN_KEYS, "ok");
    return MIGC_OK;
}

static void take_object_finding(const char *text, void *argument) {
    struct checking *checking = argument;
    if (checking->bad_of[MIGC_CHECK_OBJECTS] < MOST_LINES)
        add_line(checking, MIGC_CHECK_OBJECTS, 0, "%s", text);
}

/* --------------------------------------------------------------- the history */

static migc_code check_history(struct checking *checking, migc_error *problem) {
    const migci_session *session = checking->session;
    migci_validation validation;
    if (migci_validate(checking->session, &validation) != MIGC_OK)
        return checking->session->error->code;
    *problem = validation.problem;
    checking->advice = validation.advice;
    for (migc_check_type type = MIGC_CHECK_HISTORY; type <= MIGC_CHECK_STAMP; type++) {
        bool is_used = type != MIGC_CHECK_STAMP || migci_uses_stamp(session->set);
        for (size_t i = 0; i < validation.faults.count; i++) {
            const migc_fault *fault = &validation.faults.faults[i];
            migc_check_type found_by = fault->type == MIGC_FAULT_WRONG_CHAIN   ? MIGC_CHECK_CHAIN
                                       : fault->type == MIGC_FAULT_WRONG_STAMP ? MIGC_CHECK_STAMP
                                                                               : MIGC_CHECK_HISTORY;
            if (found_by == type)
                add_line(checking, type, fault->type == MIGC_FAULT_RUNNING, "%s", fault->text);
        }
        if (type == MIGC_CHECK_HISTORY && !checking->bad_of[type])
            add_line(checking, type, true, "ok: %zu applied, %zu pending", session->states.applied,
                     session->states.pending);
        else
            add_good_line(checking, type, is_used ? "ok" : "not used by this set");
    }
    return MIGC_OK;
}

/* ----------------------------------------------------------------- all of it */

/* The memory of the lines must outlive what the validation reads and forgets. */
static migc_code check_database(struct checking *checking, migc_error *problem) {
    migci_session *session = checking->session;
    migc_code code = check_history(checking, problem);
    if (code == MIGC_CORRUPT) {
        add_line(checking, MIGC_CHECK_HISTORY, 0, "%s", session->error->message);
        migci_clear_error(session);
        code = MIGC_OK;
    }
    struct line *history = checking->first;
    checking->first = NULL;
    checking->end = &checking->first;
    if (code == MIGC_OK)
        code = check_integrity(checking);
    if (code == MIGC_OK)
        code = check_foreign_keys(checking);
    if (code == MIGC_OK)
        code = migci_check_objects(session, take_object_finding, checking);
    migci_rollback(session);
    if (code == MIGC_OK)
        code = migci_check_full_text(session, take_object_finding, checking);
    if (code == MIGC_OK)
        add_good_line(checking, MIGC_CHECK_OBJECTS, "ok");
    *checking->end = history;
    return code;
}

/* The call returns the worst of what was found. */
static migc_code return_worst(const struct checking *checking, const migc_error *problem) {
    migci_session *session = checking->session;
    const size_t *bad = checking->bad_of;
    if (checking->no_memory)
        return migci_fail(session, MIGC_NO_MEMORY, "out of memory, while checking");
    if (bad[MIGC_CHECK_INTEGRITY])
        return migci_fail(session, MIGC_CORRUPT, "the database is damaged: %s%s",
                          checking->first_bad[MIGC_CHECK_INTEGRITY],
                          bad[MIGC_CHECK_INTEGRITY] > 1 ? ", and more" : "");
    if (bad[MIGC_CHECK_FOREIGN_KEYS]) {
        migci_fail(session, MIGC_FOREIGN_KEY, "foreign keys do not hold: %s%s",
                   checking->first_bad[MIGC_CHECK_FOREIGN_KEYS],
                   bad[MIGC_CHECK_FOREIGN_KEYS] > 1 ? ", and others" : "");
        session->advice = "Correct these rows: PRAGMA foreign_key_check lists them";
        return MIGC_FOREIGN_KEY;
    }
    if (bad[MIGC_CHECK_OBJECTS]) {
        migci_fail(session, MIGC_CORRUPT, "%s%s", checking->first_bad[MIGC_CHECK_OBJECTS],
                   bad[MIGC_CHECK_OBJECTS] > 1 ? ", and more" : "");
        session->advice =
            "Make it anew: 'drift' lists what should be there, an index of full text is"
            " made anew by INSERT INTO t(t) VALUES('rebuild'), an R*Tree index by"
            " writing its rows again";
        return MIGC_CORRUPT;
    }
    if (problem->code != MIGC_OK) {
        *session->error = *problem;
        session->advice = checking->advice;
        return problem->code;
    }
    for (int type = MIGC_CHECK_HISTORY; type <= MIGC_CHECK_STAMP; type++)
        if (bad[type])
            return migci_fail(session, MIGC_BAD_HISTORY,
                              "%s. 'repair' shows the command that puts it right",
                              checking->first_bad[type]);
    return MIGC_OK;
}

static migc_code check_once(struct checking *checking, migc_error *problem) {
    migci_session *session = checking->session;
    memset(problem, 0, sizeof(*problem));
    memset(checking, 0, sizeof(*checking));
    checking->session = session;
    checking->end = &checking->first;
    if (migci_try_begin(session, 0) != MIGCI_DONE)
        return migci_fail_driver(session, "starting to read");
    migc_code code = check_database(checking, problem);
    migci_rollback(session);
    return code;
}

migc_code migc_check(sqlite3 *db, const migc_set *set, migc_checks *checks,
                     const migc_options *options, migc_error *error) {
    migci_session session;
    struct checking checking = {0};
    migc_options own = {0};
    if (options)
        own = *options;
    own.flags &= ~(unsigned)MIGC_RESUME;
    memset(checks, 0, sizeof(*checks));
    checking.session = &session;
    if (migci_session_open(&session, db, set, &own, error) == MIGC_OK) {
        migc_error problem;
        migc_code code = migci_enter_progress(&session);
        if (code == MIGC_OK)
            code = check_once(&checking, &problem);
        /* Only what looks interrupted twice is: see migci_validate_once(). */
        if (code == MIGC_OK && problem.code == MIGC_INTERRUPTED)
            code = check_once(&checking, &problem);
        if (code == MIGC_OK)
            return_worst(&checking, &problem);
        migci_leave_progress(&session);
        migci_memory *memory = &checking.session->memory;
        checks->lines = migci_allocate(memory, (checking.count + 1) * sizeof(*checks->lines));
        for (struct line *line = checking.first; line && checks->lines; line = line->next)
            checks->lines[checks->count++] = line->line;
        if (!checks->lines)
            migci_fail(checking.session, MIGC_NO_MEMORY, "out of memory, while checking");
        checks->memory = memory->blocks;
        memory->blocks = NULL;
    }
    return migci_session_close(&session);
}

void migc_checks_free(migc_checks *checks) {
    migci_memory memory = {checks->memory};
    migci_free_all(&memory);
    memset(checks, 0, sizeof(*checks));
}

/* ------------------------------------------------------------------ as a hook */

struct damage {
    bool found;
    char text[300];
};

static int take_damage(void *argument, const migci_value *cells) {
    struct damage *damage = argument;
    const char *text = skip_title(cells[0].text ? cells[0].text : "");
    damage->found = strcmp(text, "ok") != 0;
    snprintf(damage->text, sizeof(damage->text), "%.*s", (int)strcspn(text, "\n"), text);
    return 1;
}

/* What does not work, "the view v: no such table: main.t" and so on. */
struct broken_list {
    migci_session *session;
    sqlite3_str *all;
    char first[400]; /* that is not in session->broken */
};

static void list_broken(const migci_broken *broken, void *argument) {
    struct broken_list *list = argument;
    sqlite3_str_appendf(list->all, "%s\n", broken->text);
    const char *before = list->session->broken;
    const char *found = before ? strstr(before, broken->text) : NULL;
    bool is_known =
        found && (found == before || found[-1] == '\n') && found[strlen(broken->text)] == '\n';
    if (!*list->first && !is_known)
        snprintf(list->first, sizeof(list->first), "%s", broken->text);
}

/* What did not work before the run does not count. */
static int note_broken(struct broken_list *list) {
    migci_session *session = list->session;
    int code = migci_broken_objects(session->driver.db, list_broken, list);
    if (code == SQLITE_OK)
        code = sqlite3_str_errcode(list->all);
    const char *text = sqlite3_str_value(list->all);
    if (code == SQLITE_OK && text) {
        session->broken = migci_copy(&session->notes, text);
        code = session->broken ? SQLITE_OK : SQLITE_NOMEM;
    }
    return code;
}

/* Views, triggers and full text, where the engine is SQLite itself. */
static int check_broken(migc_context *context, bool before) {
    struct broken_list list = {context->session, NULL, ""};
    sqlite3 *db = context->session->driver.db;
    if (!db)
        return 0;
    list.all = sqlite3_str_new(NULL);
    int code = before ? note_broken(&list) : migci_broken_objects(db, list_broken, &list);
    if (code == SQLITE_OK && !before && !*list.first)
        code = migci_broken_indexes(db, list_broken, &list);
    sqlite3_free(sqlite3_str_finish(list.all));
    if (code != SQLITE_OK) {
        context->code = migci_code_of(code);
        return migc_fail(context, "views, triggers and indexes could not be checked: %s",
                         context->code == MIGC_NO_MEMORY ? "out of memory" : sqlite3_errmsg(db));
    }
    if (before || !*list.first)
        return 0;
    context->code = MIGC_STEP_FAILED;
    return migc_fail(context, "when all had run, before the commit, this does not work: %s",
                     list.first);
}

int migc_check_hook(migc_context *context, migc_hook_point point, void *user) {
    migci_session *session = context->session;
    struct damage damage = {false, ""};
    (void)user;
    if (point == MIGC_BEFORE_RUN)
        return check_broken(context, true);
    if (point != MIGC_BEFORE_COMMIT)
        return 0;
    if (migci_ask(session, take_damage, &damage, "PRAGMA main.integrity_check(1)", "") !=
        MIGCI_DONE) {
        context->code = session->driver.failure.code;
        return migc_fail(context, "the integrity could not be checked before the commit: %s",
                         session->driver.failure.reason);
    }
    if (!damage.found)
        return check_broken(context, false);
    context->code = MIGC_CORRUPT;
    return migc_fail(context,
                     "the database is damaged, found before the commit, maybe from before the"
                     " run: %s",
                     damage.text);
}
