/*
 * logs.c - what steps in C say while they work, and the ready event functions: lines in
 * words, lines of JSON, the system's log.
 */
#include <stdarg.h>
#include <syslog.h>

#include "database.h"
#include "sets.h"

/* Takes the place of the C library's. */
static struct {
    int priority;
    char text[1500];
} logged;

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
void syslog(int priority, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    logged.priority = priority;
    vsnprintf(logged.text, sizeof(logged.text), format, arguments);
    va_end(arguments);
}

static void free_text(void *text) {
    free(text);
}

/* ---------------------------------------------------------------- migc_log */

static int speak(migc_context *context) {
    migc_log(context, MIGC_DEBUG, "%d titles", 3);
    migc_log(context, MIGC_INFO, "half of them are done");
    migc_log(context, MIGC_WARNING, "%s has no author", "Beowulf");
    migc_log(context, MIGC_ERROR, "the index is %c%c", 'o', 'k');
    return 0;
}

static const migc_step speaking_steps[] = {CALL(3, speak)};
static const migc_migration speaking_migrations[] = {
    MIGRATION(3, "003_backfill", 0, 1, 0, 0, speaking_steps)};
static const migc_set speaking = SET("books", speaking_migrations, NULL);

/* What an up of `set` makes an event function write. */
static char *write_events(const migc_set *set, migc_event_function *write, const migc_hook *hooks) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    migc_options options = {.on_event = write, .event_user = stream, .hooks = hooks};
    CHECK(stream != NULL);
    migc_up(db_open_memory(), set, &options, NULL);
    fclose(stream);
    check_defer(free_text, text);
    return text;
}

TEST(says, "C4: a step in C logs with its migration's name") {
    char *text = write_events(&speaking, migc_print_event, NULL);
    CHECK_CONTAINS("books: [1/1] applying 003_backfill\n"
                   "books: 003_backfill: 3 titles\n"
                   "books: 003_backfill: half of them are done\n"
                   "books: 003_backfill: warning: Beowulf has no author\n"
                   "books: 003_backfill: error: the index is ok\n"
                   "books: [1/1] 003_backfill.sql:3: step 1 of 1, ",
                   text);
    CHECK_CONTAINS("\nbooks: [1/1] applied 003_backfill, ", text);
}

static int speak_at_commit(migc_context *context, migc_hook_point point, void *user) {
    if (point == MIGC_BEFORE_COMMIT)
        migc_log(context, MIGC_INFO, "%s", (const char *)user);
    return 0;
}

TEST(hook_says, "C4: a hook logs, with the set's name alone where no migration runs") {
    char words[] = "about to commit";
    migc_hook hook = {speak_at_commit, words, NULL};
    CHECK_CONTAINS("\nbooks: about to commit\n", write_events(&speaking, migc_print_event, &hook));
}

TEST(long_words, "C4: what is logged is cut to 500 bytes") {
    char words[2000], expected[600];
    memset(words, 'x', sizeof(words) - 1);
    words[sizeof(words) - 1] = '\0';
    migc_hook hook = {speak_at_commit, words, NULL};
    snprintf(expected, sizeof(expected), "\nbooks: %.500s\n", words);
    CHECK_CONTAINS(expected, write_events(&speaking, migc_print_event, &hook));
}

TEST(deaf, "C4: without an event function what is logged goes nowhere") {
    CHECK_INT(MIGC_OK, migc_up(db_open_memory(), &speaking, NULL, NULL));
}

/* ---------------------------------------------------------------- progress */

TEST(heartbeat, "N12: of the progress only a line every few seconds is printed") {
    migc_event event = {.type = MIGC_EVENT_PROGRESS, .set = &library, .index = 2, .count = 4};
    char line[200];
    event.migration = &library_migrations[1];
    event.statement = &library_2[0];
    event.duration_us = 12345678;
    event.done = 1200000;
    CHECK_STR("", migc_event_text(&event, line, sizeof(line)));
    event.heartbeat = 1;
    CHECK_STR("library: [2/4] 002_words.sql:3: at work for 12.3 s, 1200000 rows",
              migc_event_text(&event, line, sizeof(line)));
    event.done = 0;
    CHECK_STR("library: [2/4] 002_words.sql:3: at work for 12.3 s",
              migc_event_text(&event, line, sizeof(line)));
    event.statement = &library_4[0];
    event.migration = &library_migrations[3];
    event.done = 30;
    CHECK_STR("library: [2/4] 004_titles.sql:3: at work for 12.3 s, 30",
              migc_event_text(&event, line, sizeof(line)));
    event.total = 70;
    CHECK_STR("library: [2/4] 004_titles.sql:3: at work for 12.3 s, 30 of 70",
              migc_event_text(&event, line, sizeof(line)));
    event.migration = NULL;
    event.statement = NULL;
    event.done = event.total = 0;
    CHECK_STR("library: between the statements: at work for 12.3 s",
              migc_event_text(&event, line, sizeof(line)));
}

/* -------------------------------------------------------------------- JSON */

/* One cell of SQL over the line; "" for a NULL. */
static const char *in_json(const char *line, const char *sql) {
    static char cell[4000];
    sqlite3_stmt *statement = NULL;
    sqlite3 *db = db_open_memory();
    CHECK_INT(SQLITE_OK, sqlite3_prepare_v2(db, sql, -1, &statement, NULL));
    sqlite3_bind_text(statement, 1, line, -1, SQLITE_STATIC);
    int code = sqlite3_step(statement);
    const unsigned char *text = sqlite3_column_text(statement, 0);
    snprintf(cell, sizeof(cell), "%s", text ? (const char *)text : "");
    sqlite3_finalize(statement);
    CHECK_MSG(code == SQLITE_ROW, "no JSON: %s", line);
    return cell;
}

TEST(json_lines, "C1: every event is one line of JSON, with the fields that it has") {
    char *text = write_events(&speaking, migc_json_event, NULL);
    char kinds[200] = "";
    size_t used = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        CHECK_STR("1", in_json(line, "SELECT json_valid(?1)"));
        CHECK_STR("books", in_json(line, "SELECT ?1 ->> 'set'"));
        CHECK_STR("1",
                  in_json(line, "SELECT length(?1 ->> 'at') = 23 AND julianday(?1 ->> 'at') > 0"));
        if (strstr(line, "LOG"))
            CHECK_STR("{\"migration\":\"003_backfill\",\"version\":3,\"direction\":\"up\"}",
                      in_json(line, "SELECT json_object('migration', ?1 ->> 'migration', 'version',"
                                    " ?1 ->> 'version', 'direction', ?1 ->> 'direction')"));
        used += (size_t)snprintf(
            kinds + used, sizeof(kinds) - used, "%s",
            in_json(line, "SELECT (?1 ->> 'event') || coalesce('/' || (?1 ->> 'level') ||"
                          " '/' || (?1 ->> 'detail'), '') || ' '"));
    }
    CHECK_STR("STARTED LOG/debug/3 titles LOG/info/half of them are done LOG/warning/Beowulf has no"
              " author LOG/error/the index is ok STEP FINISHED COMMITTED ",
              kinds);
}

/* The detail of an event with these bytes as it can be read from the line. */
static const char *detail_of(const char *detail) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    migc_event event = {.type = MIGC_EVENT_ROLLED_BACK, .set = &library, .detail = detail};
    CHECK(stream != NULL);
    CHECK_INT(0, migc_json_event(&event, stream));
    fclose(stream);
    check_defer(free_text, text);
    CHECK(strchr(text, '\n') == text + size - 1);
    return in_json(text, "SELECT ?1 ->> 'detail'");
}

TEST(json_escapes, "C1: whatever a message holds, the line is JSON in UTF-8") {
    static const char *const same[] = {
        "",
        "\"quoted\" \\ and /",
        "line\nline\r\ttab \b\f \x01\x1f\x7f",
        "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa7",
        "{\"json\": [1]}",
    };
    for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
        CHECK_STR(same[i], detail_of(same[i]));
#define BAD "\xef\xbf\xbd"
    CHECK_STR("cut " BAD BAD, detail_of("cut \xe2\x82"));
    CHECK_STR(BAD " latin", detail_of("\xfc latin"));
    CHECK_STR(BAD BAD " overlong", detail_of("\xc0\x80 overlong"));
    CHECK_STR(BAD BAD BAD " overlong", detail_of("\xe0\x80\x80 overlong"));
    CHECK_STR(BAD BAD BAD " surrogate", detail_of("\xed\xa0\x80 surrogate"));
    CHECK_STR(BAD BAD BAD BAD " too large", detail_of("\xf4\x90\x80\x80 too large"));
    CHECK_STR(BAD " five", detail_of("\xff five"));
#undef BAD
}

TEST(json_long, "C1: a line that is longer than its buffer is whole") {
    char detail[3900];
    memset(detail, 'y', sizeof(detail) - 1);
    detail[sizeof(detail) - 1] = '\0';
    CHECK_STR(detail, detail_of(detail));
}

TEST(json_waiting, "C1: an event without a migration has none in JSON") {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    migc_event event = {.type = MIGC_EVENT_PROGRESS, .set = &library, .duration_us = 5};
    CHECK(stream != NULL);
    migc_json_event(&event, stream);
    fclose(stream);
    check_defer(free_text, text);
    CHECK_STR("{\"event\":\"PROGRESS\",\"set\":\"library\",\"duration_us\":5}",
              in_json(text, "SELECT json_remove(?1, '$.at')"));
}

/* ------------------------------------------------------------------ syslog */

TEST(system_log, "C1: the system's log gets each line with its weight") {
    static const struct {
        migc_event event;
        int priority;
        const char *text;
    } rows[] = {
        {{.type = MIGC_EVENT_STARTED, .set = &library, .index = 1, .count = 2},
         LOG_INFO,
         "library: [1/2] applying "},
        {{.type = MIGC_EVENT_ROLLED_BACK, .set = &library, .detail = "100% full"},
         LOG_ERR,
         "library: rolled back: 100% full"},
        {{.type = MIGC_EVENT_LOG, .set = &library, .detail = "a", .level = MIGC_DEBUG},
         LOG_DEBUG,
         "library: a"},
        {{.type = MIGC_EVENT_LOG, .set = &library, .detail = "b", .level = MIGC_INFO},
         LOG_INFO,
         "library: b"},
        {{.type = MIGC_EVENT_LOG, .set = &library, .detail = "c", .level = MIGC_WARNING},
         LOG_WARNING,
         "library: warning: c"},
        {{.type = MIGC_EVENT_LOG, .set = &library, .detail = "d", .level = MIGC_ERROR},
         LOG_ERR,
         "library: error: d"},
        {{.type = MIGC_EVENT_STEP, .set = &library}, -1, ""},
        {{.type = MIGC_EVENT_PROGRESS, .set = &library}, -1, ""},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        logged.priority = -1;
        logged.text[0] = '\0';
        CHECK_INT(0, migc_syslog_event(&rows[i].event, NULL));
        CHECK_INT(rows[i].priority, logged.priority);
        CHECK_STR(rows[i].text, logged.text);
    }
}

#define TESTS(X)                                                                                   \
    X(says)                                                                                        \
    X(hook_says)                                                                                   \
    X(long_words)                                                                                  \
    X(deaf)                                                                                        \
    X(heartbeat)                                                                                   \
    X(json_lines)                                                                                  \
    X(json_escapes)                                                                                \
    X(json_long)                                                                                   \
    X(json_waiting)                                                                                \
    X(system_log)
CHECK_MAIN(TESTS)
