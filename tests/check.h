/*
 * check.h - what a C test program is made of.  One file a program:
 *
 *     TEST(fails_whole, "V2: a failing migration undoes the whole run") {
 *         sqlite3 *db = open_memory();
 *         check_defer(close_db, db);             runs when the test ends, however it ends
 *         CHECK_INT(MIGC_STEP_FAILED, migc_up(db, &set, NULL, &error));
 *     }
 *
 *     #define TESTS(X) X(fails_whole) X(next_one)
 *     CHECK_MAIN(TESTS)
 *
 * The first check that does not hold ends its test.  Checks belong on the main
 * thread, not into a deferred function or a forked child.  Arguments of the
 * program pick tests by a part of "PROGRAM: TITLE".  Exit status 1: some failed.
 */
#ifndef CHECK_H
#define CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TEST(name, title)                                                                          \
    static const char *const name##_title = title;                                                 \
    static void name(void)

#define CHECK(condition)                                                                           \
    ((condition) ? (void)0 : check_fail(__FILE__, __LINE__, "is not so: %s", #condition))
#define CHECK_MSG(condition, ...)                                                                  \
    ((condition) ? (void)0 : check_fail(__FILE__, __LINE__, __VA_ARGS__))
#define CHECK_INT(expected, got)                                                                   \
    check_int(__FILE__, __LINE__, #got, (long long)(expected), (long long)(got))
#define CHECK_STR(expected, got) check_str(__FILE__, __LINE__, #got, (expected), (got))
#define CHECK_CONTAINS(part, text) check_contains(__FILE__, __LINE__, #text, (part), (text))

#define CHECK_ROW(name) {name##_title, name},
#define CHECK_MAIN(TESTS)                                                                          \
    int main(int argc, char **argv) {                                                              \
        static const struct check_test tests[] = {TESTS(CHECK_ROW)};                               \
        return check_run(tests, sizeof(tests) / sizeof(*tests), argc, argv);                       \
    }

struct check_test {
    const char *title;
    void (*run)(void);
};

enum { CHECK_DEFERRED_MAX = 64 };

static struct check_state {
    const char *program;
    const char *title;
    jmp_buf end;
    size_t deferred_count;
    struct {
        void (*run)(void *argument);
        void *argument;
    } deferred[CHECK_DEFERRED_MAX];
} check_state;

/* Printed on one line, so that no text under test looks like a result. */
static inline void check_print_text(const char *label, const char *text) {
    printf("  %s: ", label);
    if (text == NULL) {
        puts("NULL");
        return;
    }
    putchar('"');
    for (const unsigned char *byte = (const unsigned char *)text; *byte != 0; byte++) {
        if (*byte == '\n') {
            fputs("\\n", stdout);
        } else if (*byte < ' ' || *byte == 127) {
            printf("\\x%02x", *byte);
        } else {
            putchar(*byte);
        }
    }
    puts("\"");
}

static inline void check_begin_failure(const char *file, int line) {
    printf("not ok %s: %s\n  %s:%d: ", check_state.program, check_state.title, file, line);
}

_Noreturn static inline void check_fail(const char *file, int line, const char *format, ...) {
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    check_begin_failure(file, line);
    for (char *at = text; (at = strchr(at, '\n')) != NULL; at++) {
        *at = ' ';
    }
    puts(text);
    longjmp(check_state.end, 1);
}

static inline void check_int(const char *file, int line, const char *what, long long expected,
                             long long got) {
    if (expected != got) {
        check_begin_failure(file, line);
        printf("%s\n  expected: %lld\n  got: %lld\n", what, expected, got);
        longjmp(check_state.end, 1);
    }
}

static inline void check_str(const char *file, int line, const char *what, const char *expected,
                             const char *got) {
    if (expected == got || (expected != NULL && got != NULL && strcmp(expected, got) == 0)) {
        return;
    }
    check_begin_failure(file, line);
    puts(what);
    check_print_text("expected", expected);
    check_print_text("got", got);
    longjmp(check_state.end, 1);
}

static inline void check_contains(const char *file, int line, const char *what, const char *part,
                                  const char *text) {
    if (text != NULL && strstr(text, part) != NULL) {
        return;
    }
    check_begin_failure(file, line);
    puts(what);
    check_print_text("expected in it", part);
    check_print_text("got", text);
    longjmp(check_state.end, 1);
}

/* Has run(argument) called when the test ends; the last one deferred comes first. */
static inline void check_defer(void (*run)(void *argument), void *argument) {
    CHECK(check_state.deferred_count < CHECK_DEFERRED_MAX);
    check_state.deferred[check_state.deferred_count].run = run;
    check_state.deferred[check_state.deferred_count].argument = argument;
    check_state.deferred_count++;
}

/* Returns 1 when the test failed. */
static inline int check_one(const struct check_test *test) {
    check_state.title = test->title;
    volatile int failed = 1;
    if (setjmp(check_state.end) == 0) {
        test->run();
        printf("ok %s: %s\n", check_state.program, test->title);
        failed = 0;
    }
    while (check_state.deferred_count > 0) {
        check_state.deferred_count--;
        check_state.deferred[check_state.deferred_count].run(
            check_state.deferred[check_state.deferred_count].argument);
    }
    return failed;
}

static inline int check_is_wanted(const struct check_test *test, int argc, char **argv) {
    char name[512];
    snprintf(name, sizeof(name), "%s: %s", check_state.program, test->title);
    for (int i = 1; i < argc; i++) {
        if (strstr(name, argv[i]) != NULL) {
            return 1;
        }
    }
    return argc < 2;
}

static inline int check_run(const struct check_test *tests, size_t count, int argc, char **argv) {
    int failed = 0;
    const char *slash = strrchr(argv[0], '/');
    check_state.program = slash != NULL ? slash + 1 : argv[0];
    /* What was printed before a crash is not lost. */
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    for (size_t i = 0; i < count; i++) {
        if (check_is_wanted(&tests[i], argc, argv)) {
            failed |= check_one(&tests[i]);
        }
    }
    return failed;
}

#endif
