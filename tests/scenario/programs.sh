# Programs made from migrations: what the linker finds, several sets, a database from elsewhere.
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/app.sh"

scenario "B7: the linker reports a step in C that is missing"
migration 001_create.sql <<'END'
-- up
CREATE TABLE books(title);
-- call: fill_books
-- down
DROP TABLE books;
END
expect_exit 0 migc -n books -o books.c migrations
echo '#include "books.h"
int main(void) { return migc_up(0, &books, 0, 0); }' >main.c
# shellcheck disable=SC2086
expect_exit 1 "$CC" ${TEST_CFLAGS:-} -I"$ROOT/runtime" -I. -o app main.c books.c \
    "$BUILD/libmigc.a" -lsqlite3
expect_text fill_books

scenario "B3: migc --main makes a program for a folder"
use_books
expect_exit 0 migc --main -n books -o app.c migrations
build_program app app.c
rm -r migrations app.c app.h
expect_exit 0 ./app up --db books.db --quiet
expect_exit 0 ./app --migrate status --db books.db
expect_text 'Total: 3 | Applied: 3 | Pending: 0'

scenario "V4: two sets in one program, each with its own database"
use_books
expect_exit 0 migc -n books -o books.c migrations
rm -r migrations
migration 001_loans.sql <<'END'
-- up
CREATE TABLE loans(id INTEGER PRIMARY KEY);
-- down
DROP TABLE loans;
END
expect_exit 0 migc -n loans -o loans.c migrations
cat >main.c <<'END'
#include "books.h"
#include "loans.h"
#include <stdio.h>
#include <string.h>
static int start(const char *path, const migc_set *set) {
    sqlite3 *db;
    migc_error error;
    if (migc_open(path, set, NULL, &db, &error) != MIGC_OK)
        return printf("%s: %s\n", path, error.message), 1;
    return sqlite3_close(db);
}
int main(int argc, char **argv) {
    int is_loans = argc > 1 && strcmp(argv[1], "loans") == 0;
    int status = is_loans ? migc_cli(argc, argv, &loans, "loans.db", NULL)
                          : migc_cli(argc, argv, &books, "books.db", NULL);
    return status >= 0 ? status : start("books.db", &books) + start("loans.db", &loans);
}
END
build_program app main.c books.c loans.c
expect_exit 0 ./app
expect_exit 0 ./app books --migrate status
expect_text '[x] 003_index_titles'
expect_exit 0 ./app loans --migrate status
expect_text '[x] 001_loans'
expect_exit 5 ./app loans --migrate status --db books.db
expect_text 'the database belongs to the set "books", this program has the set "loans"'

scenario "N5: a database that went through .dump has lost its stamp, and runs nothing twice"
use_books
expect make_app
expect ./app up --quiet --db books.db
stamp=$(sql books.db 'PRAGMA user_version')
sql books.db .dump | sqlite3 restored.db
expect test "$(sql restored.db 'PRAGMA user_version')" = 0
expect_exit 0 ./app up --db restored.db
expect_output <<'END'
Nothing to do: restored.db is at 003_index_titles.
END
expect test "$(sql restored.db 'PRAGMA user_version')" = "$stamp"

scenario "N5: an up with nothing to do changes no byte and no time of the file"
use_books
expect make_app
expect ./app up --quiet --db books.db
cp books.db before.db
touch -t 202001010000 books.db
expect_exit 0 ./app up --db books.db
expect cmp before.db books.db
expect test -z "$(find . -name books.db -newermt 2020-01-02)"

scenario "P3: status and plan of a program without any SQL on disk"
use_books
expect make_app
mkdir elsewhere
mv app elsewhere/
cd elsewhere || exit
expect_exit 0 ./app plan --db books.db
expect_text '  up   003_index_titles'
expect_exit 0 ./app show 3
expect_text 'CREATE INDEX books_title ON books(title);'
expect test "$(ls)" = app
