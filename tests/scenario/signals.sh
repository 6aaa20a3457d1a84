# N12: Ctrl-C and SIGTERM while migrations run, met by real processes: the run is undone, the
# exit status says so, and the next start works.
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/app.sh"

# Runs COMMAND, prints what it says, and sends it SIGNAL times TIMES when that holds TEXT.
make_sender() {
    cat >send.c <<'END'
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv) { /* SIGNAL TIMES TEXT COMMAND... */
    int out[2], status, number = strcmp(argv[1], "INT") == 0 ? SIGINT : SIGTERM;
    int times = atoi(argv[2]);
    char line[4096];
    if (argc < 5 || pipe(out) != 0)
        return 99;
    pid_t child = fork();
    if (child == 0) {
        signal(SIGINT, getenv("IGNORED") ? SIG_IGN : SIG_DFL);
        signal(SIGTERM, SIG_DFL);
        dup2(out[1], 1);
        dup2(out[1], 2);
        close(out[0]);
        close(out[1]);
        execvp(argv[4], argv + 4);
        _exit(98);
    }
    close(out[1]);
    FILE *said = fdopen(out[0], "r");
    while (fgets(line, sizeof line, said)) {
        fputs(line, stdout);
        if (strstr(line, argv[3]) && times) {
            if (getenv("IGNORED"))
                kill(child, SIGINT);
            for (; times; times--)
                kill(child, number);
        }
    }
    if (waitpid(child, &status, 0) != child)
        return 97;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 200 + WTERMSIG(status);
}
END
    build_program send send.c
}

# A program whose fourth migration never ends, and a database at the third.
begin() {
    scenario "$1"
    use_books
    use_endless
    expect make_app
    make_sender
    expect ./app to 3 --quiet --db books.db
    sql books.db "INSERT INTO books(title) VALUES ('Endless')"
    dump books.db >before
}

expect_unchanged() {
    dump books.db >after
    expect cmp before after
    expect_exit 0 ./app status --db books.db
    expect_text "Applied: $1"
}

# The next start, once the statement has an end.
expect_next_start() {
    sql books.db "DELETE FROM books WHERE title = 'Endless'"
    expect_exit 0 ./app up --db books.db
    expect_text 'books.db is at 004_endless.'
}

begin "N12: Ctrl-C in a long statement undoes the run, with status 130"
expect_exit 130 ./send INT 1 '"event":"PROGRESS"' ./app up --log json --db books.db
expect_text 'app: books.db: SIGINT: 004_endless.sql:3: stopped on request; the statement had run for '
expect_text 'The database is as it was before the run, at 003_index_titles. Start again at any time.'
expect_unchanged 3
expect_exit 0 ./app history --db books.db
expect_text '004_endless.sql:3: stopped on request'
expect_next_start

begin "N12: SIGTERM in a long statement undoes the run, with status 143"
expect_exit 143 ./send TERM 1 '"event":"PROGRESS"' ./app up --log json --db books.db
expect_text 'app: books.db: SIGTERM: 004_endless.sql:3: stopped on request; the statement had run for '
expect_unchanged 3
expect_next_start

begin "N12: a second Ctrl-C does not kill what is being undone"
expect_exit 130 ./send INT 50 '"event":"PROGRESS"' ./app up --log json --db books.db
expect_text 'The database is as it was before the run, at 003_index_titles.'
expect_unchanged 3
expect_next_start

begin "N12: migrations that were committed before the signal stay"
expect ./app to 1 --yes --quiet --db books.db
expect_exit 130 ./send INT 1 '"line":3' ./app up --each --log json --db books.db
expect_text 'Done before that and kept: 2; the database is at 003_index_titles.'
expect_exit 0 ./app status --db books.db
expect_text 'Applied: 3'
expect_next_start

begin "N12: with --json the document tells of the signal, too"
expect_exit 143 ./send TERM 1 '"event":"PROGRESS"' ./app up --json --log json --db books.db
expect_text '"code":"MIGC_STOPPED","error":"SIGTERM: 004_endless.sql:3: stopped on request'

begin "N12: a signal ends the wait for a lock"
cat >hold.c <<'END'
#include <sqlite3.h>
#include <stdlib.h>
int main(int argc, char **argv) {
    sqlite3 *db;
    if (argc < 3 || sqlite3_open(argv[1], &db) != SQLITE_OK ||
        sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL) != SQLITE_OK)
        return 99;
    return system(argv[2]) / 256;
}
END
build_program hold hold.c
expect_exit 143 ./hold books.db './send TERM 1 waiting ./app up --db books.db'
expect_text 'app: books.db: SIGTERM: stopped '
expect_text 'Nothing was changed. Start again at any time.'
expect_unchanged 3

begin "N12: a step in C is told to give up"
migration 005_slow.sql <<'END'
-- up
-- call: work_forever
-- down
END
cat >main.c <<'END'
#include "books.h"
int work_forever(migc_context *context);
int work_forever(migc_context *context) {
    migc_log(context, MIGC_INFO, "at work");
    for (int64_t done = 0;; done++)
        if (migc_progress_step(context, done, INT64_MAX))
            return 1;
}
int main(int argc, char **argv) {
    return migc_main(argc, argv, &books, NULL, NULL);
}
END
expect migc -Wno-skipped-call -n books -o books.c migrations
build_program app main.c books.c
sql books.db "DELETE FROM books WHERE title = 'Endless'"
dump books.db >before
expect_exit 130 ./send INT 1 '005_slow: at work' ./app up --db books.db
expect_text 'Undone again: 1 of the above.'
expect_text 'app: books.db: SIGINT: 005_slow.sql:2: stopped on request; work_forever() had run for '
expect_unchanged 3

begin "P4: outside transactions the complete statements stay, and it is known which"
use_endless '-- Transaction: none'
expect make_app
expect_exit 143 ./send TERM 1 '"line":4,"step":2,"step_count":2,"duration_us"' ./app up --log json --db books.db
expect_text 'SIGTERM: 004_endless.sql:4: stopped on request; the statement had run for '
expect_text "It runs outside transactions: 1 of its 2 statements are done and stay. Go on at any time with 'up --resume'"
expect_text '; a start without it refuses.'
expect_exit 5 ./app up --db books.db
expect_text '004_endless.sql:4: applying it stopped after 1 of 2 statements'
sql books.db "DELETE FROM books WHERE title = 'Endless'"
expect_exit 0 ./app up --resume --db books.db

begin "N12: a signal that was ignored from the start, as by nohup, stays ignored"
IGNORED=1 expect_exit 143 ./send TERM 1 '"event":"PROGRESS"' ./app up --log json --db books.db
expect_text 'app: books.db: SIGTERM: 004_endless.sql:3: '
unset IGNORED

scenario "N12: the program's own signal handlers are back after the call"
use_books
cat >main.c <<'END'
#include "books.h"
#include <signal.h>
#include <stdio.h>
static void own(int number) {
    (void)number;
}
int main(int argc, char **argv) {
    struct sigaction mine = {0}, now;
    mine.sa_handler = own;
    sigaction(SIGINT, &mine, NULL);
    int status = migc_main(argc, argv, &books, NULL, NULL);
    sigaction(SIGINT, NULL, &now);
    puts(now.sa_handler == own ? "mine" : "not mine");
    sigaction(SIGTERM, NULL, &now);
    puts(now.sa_handler == SIG_DFL ? "default" : "not default");
    return status;
}
END
expect migc -n books -o books.c migrations
build_program app main.c books.c
expect_exit 0 ./app up --quiet --db books.db
expect_output <<'END'
mine
default
END

# Two sets in one file, the second of which never ends where a user is called Endless.
begin_sets() {
    scenario "$1"
    mkdir core shop
    printf -- '-- up\nCREATE TABLE users(name TEXT);\n-- down\nDROP TABLE users;\n' >core/001_users.sql
    cat >shop/001_slow.sql <<'END'
-- Depends: core/001_users
-- up
CREATE TABLE numbers(n INTEGER);
INSERT INTO numbers
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
    WHERE EXISTS (SELECT 1 FROM users WHERE name = 'Endless'))
SELECT i FROM n WHERE i = 0;
-- down
DROP TABLE numbers;
END
    expect migc -n core --module -o core.c core
    expect migc -n shop --module --after core=core -o shop.c shop
    cat >main.c <<'END'
#include "core.h"
#include "shop.h"
int main(int argc, char **argv) {
    static const migc_database places[] = {{&core, "app.db"}, {&shop, "app.db"}};
    static const migc_options options = {.verbs = migc_verbs_all};
    return migc_cli_sets(argc, argv, places, 2, &options);
}
END
    build_program app main.c core.c shop.c
    make_sender
    expect ./app --migrate up --set core --quiet
    sql app.db "INSERT INTO users VALUES ('Endless')"
}

begin_sets "P12, N12: sets that go up together end at a signal and at the deadline"
expect_exit 143 ./send TERM 1 '"event":"PROGRESS"' ./app --migrate up --log json
expect_text 'app.db: SIGTERM: shop: 001_slow.sql:4: stopped on request; the statement had run for '
expect_text 'The database is as it was before the run. Start again at any time.'
expect_exit 124 ./app --migrate up --timeout 0.2
expect_text 'shop: 001_slow.sql:4: the deadline of 0.2 s has passed; the statement had run for '
expect test "$(sql app.db "SELECT count(*) FROM sqlite_schema WHERE name = 'numbers'")" = 0

for lock in IMMEDIATE EXCLUSIVE; do
    begin_sets "P12, N12: so they do while they wait for another's lock ($lock)"
    cat >hold.c <<'END'
#include <sqlite3.h>
#include <stdlib.h>
int main(int argc, char **argv) {
    sqlite3 *db;
    if (argc < 4 || sqlite3_open(argv[1], &db) != SQLITE_OK ||
        sqlite3_exec(db, argv[2], NULL, NULL, NULL) != SQLITE_OK)
        return 99;
    return system(argv[3]) / 256;
}
END
    build_program hold hold.c
    expect_exit 124 ./hold app.db "BEGIN $lock" './app --migrate up --timeout 0.3 --wait 5'
    expect_text 'the deadline of 0.3 s has passed; the database is locked by process '
    expect_text 'Start again, with more time.'
    expect_exit 143 ./hold app.db "BEGIN $lock" './send TERM 1 waiting ./app --migrate up --wait 5'
    expect_text 'SIGTERM: '
    expect_text 'Start again at any time.'
    sql app.db "DELETE FROM users"
    expect_exit 0 ./app --migrate up
    expect_text '1 applied in '
done
