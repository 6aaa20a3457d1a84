# Programs meet a SQLite that is not the one libmigc was compiled with.
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/app.sh"

export DATABASE_PATH=books.db
libs=${SQLITE_LIBS:--lsqlite3}

# What a SQLite without FUNCTION gives: nobody defines it.
link_without() {
    use_books
    expect migc --main -n books -o app.c migrations
    expect objcopy --redefine-sym "$1=nobody_has_it" "$BUILD/libmigc.a" libmigc.a
    # shellcheck disable=SC2086  # the flags are lists
    expect "$CC" ${TEST_CFLAGS:-} -I"$ROOT/runtime" -I. -o app app.c libmigc.a $libs
}

scenario "H4 P3: with a SQLite without the progress handler a program links, works, and says what is missing"
link_without sqlite3_progress_handler
expect_exit 0 ./app up --timeout 60
expect_text "this SQLite has no progress handler"
expect_text "3 applied"
expect_exit 0 ./app backup
expect_exit 0 ./app selftest
expect_exit 0 ./app up
expect_no_text "progress handler"

scenario "H4 P3: with a SQLite without sqlite3_deserialize a new database is made by replaying"
link_without sqlite3_deserialize
expect_exit 0 ./app up
expect_text "3 applied"

scenario "H4 P3: a shared SQLite older than 3.38 is met with a message, not with an error of the loader"
use_books
expect migc --main -n books -o app.c migrations
nm -u "$BUILD/libmigc.a" | sed -n 's/.* \(sqlite3_[a-z0-9_]*\)$/\1/p' | sort -u |
    grep -vx -e sqlite3_error_offset -e 'sqlite3_.*changes64' -e sqlite3_txn_state \
        -e 'sqlite3_libversion.*' >names
{
    echo 'int sqlite3_libversion_number(void) { return 3033000; }'
    echo 'const char *sqlite3_libversion(void) { return "3.33.0"; }'
    sed 's/.*/int &(void);\nint &(void) { return 0; }/' names
} >old.c
expect "$CC" -w ${TEST_CFLAGS:-} -shared -fPIC -o libold.so old.c
expect "$CC" ${TEST_CFLAGS:-} -I"$ROOT/runtime" -I. -Wl,-z,now -o app app.c "$BUILD/libmigc.a" \
    -L. -lold
expect_exit 1 env LD_LIBRARY_PATH=. ./app up
expect_output <<'END'
app: this is SQLite 3.33.0; migc needs 3.38 or newer. Nothing was changed.
END
cat >host.c <<'END'
#include <stdio.h>
#include "app.h"
int main(void) {
    sqlite3 *db;
    migc_error error;
    migc_open("books.db", &books, NULL, &db, &error);
    puts(error.message);
    return error.code != MIGC_SQLITE_TOO_OLD;
}
END
expect migc -n books -o app.c migrations
expect "$CC" ${TEST_CFLAGS:-} -I"$ROOT/runtime" -I. -o host host.c app.c "$BUILD/libmigc.a" -L. -lold
expect_exit 0 env LD_LIBRARY_PATH=. ./host
expect_text "the program runs with SQLite 3.33.0, libmigc needs 3.38 or newer"
