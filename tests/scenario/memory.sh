# One allocation that fails anywhere in a build: migc says so, or the output is what it always is.
. "$(dirname "$0")/../lib.sh"

begin_scarce() {
    write_scarce
    write_set
    "$CC" -shared -fPIC -o scarce.so scarce.c -ldl 2>messages &&
        COUNT=count LD_PRELOAD=$PWD/scarce.so migc -n app -o app.c migrations 2>messages &&
        [ "$(cat count)" -gt 1000 ]
}

write_scarce() {
    cat >scarce.c <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static long fail_at, count;
static void *(*next_malloc)(size_t);
static void *(*next_realloc)(void *, size_t);

__attribute__((constructor)) static void begin(void) {
    const char *text = getenv("FAIL_AT");
    *(void **)&next_malloc = dlsym(RTLD_NEXT, "malloc");
    *(void **)&next_realloc = dlsym(RTLD_NEXT, "realloc");
    fail_at = text ? atol(text) : 0;
}

__attribute__((destructor)) static void end(void) {
    const char *path = getenv("COUNT");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (file) {
        fprintf(file, "%ld\n", count);
        fclose(file);
    }
}

static int fails(void) {
    if (++count != fail_at || fail_at == 0)
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size) {
    if (!next_malloc)
        begin();
    return fails() ? NULL : next_malloc(size);
}

void *realloc(void *memory, size_t size) {
    if (!next_realloc)
        begin();
    return fails() ? NULL : next_realloc(memory, size);
}
END
}

write_set() {
    mkdir migrations
    cat >migrations/001_base.sql <<'END'
-- up
CREATE TABLE place(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, at TEXT);
CREATE TABLE visit(id INTEGER PRIMARY KEY, place INTEGER REFERENCES place, day TEXT);
CREATE INDEX visit_place ON visit(place);
-- down
DROP TABLE visit;
DROP TABLE place;
END
    cat >migrations/002_days.sql <<'END'
-- up
INSERT INTO place VALUES(1, 'here', datetime(1000000000, 'unixepoch', 'localtime'));
UPDATE visit SET day = date(day) WHERE place IN (SELECT id FROM place);
-- down
DELETE FROM place WHERE id = 1;
-- test
INSERT INTO place VALUES(2, 'there', NULL);
INSERT INTO visit VALUES(1, 2, '2026-01-02');
END
}

# build_scarce NUMBER OPTION...: the allocation of that number fails.
build_scarce() {
    number=$1
    shift
    rm -f app.c app.h
    FAIL_AT=$number COUNT=count LD_PRELOAD=$PWD/scarce.so migc "$@" -n app -o app.c migrations \
        >messages 2>&1
}

# expect_scarce NUMBER OPTION...: what comes out is right, or it says that memory is out.
expect_scarce() {
    build_scarce "$@"
    case $? in
    0)
        cmp -s app.c right.c || fail "allocation $*: another output, and status 0"
        cmp -s messages right.messages || fail "allocation $*: other messages, and status 0"
        ;;
    3) refused=$((refused + 1)) && expect grep -q 'out of memory' messages ;;
    *) fail "allocation $*: $(head -n 1 messages)" ;;
    esac
    [ "$(find . -name '.app*')" = "" ] || fail "allocation $*: $(find . -name '.app*') is left"
}

scenario "N11 L5: a build without memory is no build that went well"
if begin_scarce; then
    build_scarce 0
    cp app.c right.c
    cp messages right.messages
    total=$(cat count) at=50 refused=0 runs=0
    while [ "$at" -lt "$total" ]; do
        runs=$((runs + 1))
        expect_scarce "$at"
        at=$((at + total / 80 + 1))
    done
    expect test "$refused" -gt $((runs / 2))
    at=$((total - 100)) # while the files are written
    while [ "$at" -lt "$total" ]; do
        expect_scarce "$at"
        at=$((at + 1))
    done
else
    skip "no library can stand in front of malloc here"
fi

# With STRIDE=1 in the environment each allocation fails in turn, which takes minutes.
scenario "N11 L5: a build without memory leaves a cache that is right, or none"
if begin_scarce; then
    migc lock migrations >messages 2>&1 || fail "the set cannot be locked"
    printf -- '-- up\nALTER TABLE visit ADD COLUMN note TEXT;\n-- down\nALTER TABLE visit DROP COLUMN note;\n' \
        >migrations/003_note.sql
    build_scarce 0
    cp app.c right.c
    cp messages right.messages
    build_scarce 0 --cache whole
    for state in none whole; do
        rm -rf kept && mkdir kept
        [ $state = none ] || cp whole/* kept
        build_scarce 0 --cache kept
        total=$(cat count) at=50 refused=0 runs=0
        while [ "$at" -lt "$total" ]; do
            rm -rf kept && mkdir kept
            [ $state = none ] || cp whole/* kept
            runs=$((runs + 1))
            expect_scarce "$at" --cache kept
            build_scarce 0 --cache kept
            cmp -s app.c right.c && cmp -s messages right.messages ||
                fail "allocation $at: the cache that it leaves makes another output"
            at=$((at + ${STRIDE:-total / 60 + 1}))
        done
        expect test "$refused" -gt $((runs / 2))
    done
else
    skip "no library can stand in front of malloc here"
fi

scenario "N11 P10: a run without memory fails, and does not say that migrations are pending"
if begin_scarce; then
    begin_run() {
        FAIL_AT=$1 COUNT=count LD_PRELOAD=$PWD/scarce.so migc run migrations status --db none.db \
            >messages 2>&1
    }
    begin_run 0 || fail "a run with memory: $(head -n 1 messages)"
    total=$(cat count) at=1 refused=0
    while [ "$at" -lt "$total" ]; do
        begin_run "$at"
        case $? in
        0) ;;
        1) grep -q 'out of memory' messages && refused=$((refused + 1)) ;;
        *) fail "allocation $at: $(head -n 1 messages)" ;;
        esac
        at=$((at + total / 40 + 1))
    done
    expect test "$refused" -gt 0
else
    skip "no library can stand in front of malloc here"
fi
