#!/bin/sh
# One command for many databases.
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/app.sh"

# How many databases the scenario of the many has; "make fleet" asks for 10,000.
FLEET=${FLEET:-1000}

tidy() {
    mask <"$output" >masked && mv masked "$output"
}

# Databases at the first of three migrations.
at_first() {
    for file; do
        ./app to 1 --db "$file" --quiet || fail "$file"
    done
}

# A step in C that crashes, or takes its time, where the database's name says so.
write_host() {
    cat >host.c <<'END'
#include "app.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

int visit(migc_context *context) {
    const char *path = sqlite3_db_filename(migc_db(context), "main");
    struct timespec nap = {0, 50000000};
    if (strstr(path, "crash"))
        abort();
    if (strstr(path, "slow"))
        nanosleep(&nap, NULL);
    return 0;
}

int main(int argc, char **argv) {
    migc_options options = {0};
    options.verbs = migc_verbs_all;
    return migc_main(argc, argv, &app, NULL, &options);
}
END
    migration 001_base.sql <<'END'
-- up
CREATE TABLE base(id INTEGER PRIMARY KEY);
-- call: visit
-- down
DROP TABLE base;
END
    expect_exit 0 migc -Wno-skipped-call -n app -o app.c migrations
    expect_exit 0 build_program app app.c host.c
}

scenario "N13: a line for each database, a summary, and a status that says: some"
use_books
expect_exit 0 make_app
mkdir data
at_first data/a.db data/b.db data/d.db data/f.db
./app up --db data/c.db --quiet
echo 'this is not a database' >data/e.db
sqlite3 data/f.db "UPDATE migc_migrations SET checksum = 'another'"
touch data/b.db-journal
mkdir data/g.db
sqlite3 data/h.db 'CREATE TABLE schema_migrations(version)'
expect_exit 6 ./app up --each-db 'data/*' --keep-going -j 1
tidy
expect_output <<'END'
[x] data/a.db  001_create_books -> 003_index_titles, 2 in TIME
[x] data/b.db  001_create_books -> 003_index_titles, 2 in TIME
[=] data/c.db  current
[x] data/d.db  001_create_books -> 003_index_titles, 2 in TIME
[!] data/e.db  the file is not a SQLite database (while reading the history, SQLite said: file is not a database). Nothing was changed. Check the path, and the key where it is encrypted.
[!] data/f.db  001_create_books.sql was edited after it had been applied to this database (DATE). Nothing was changed. Restore the migration as it was released and put the change into a new one.
[!] data/g.db  the database cannot be opened (it is a folder). Nothing was changed. Check the path and who may use it.
[!] data/h.db  the database is managed by dbmate or Rails (it has the table schema_migrations). Nothing was changed. Check the path; 'adopt' (migc_adopt) takes over what that tool has applied.
8 databases in TIME, 3 migrated, 1 current, 4 failed
END

scenario "N13: several at once do the same, in any order"
use_books
expect_exit 0 make_app
mkdir data
for i in 10 11 12 13 14 15 16 17 18 19; do at_first data/$i.db; done
echo 'this is not a database' >data/20.db
expect_exit 6 ./app up --each-db 'data/*.db' --keep-going -j 4
tidy
sort -o "$output" "$output"
expect_output <<'END'
11 databases in TIME, 10 migrated, 1 failed
[!] data/20.db  the file is not a SQLite database (while reading the history, SQLite said: file is not a database). Nothing was changed. Check the path, and the key where it is encrypted.
[x] data/10.db  001_create_books -> 003_index_titles, 2 in TIME
[x] data/11.db  001_create_books -> 003_index_titles, 2 in TIME
[x] data/12.db  001_create_books -> 003_index_titles, 2 in TIME
[x] data/13.db  001_create_books -> 003_index_titles, 2 in TIME
[x] data/14.db  001_create_books -> 003_index_titles, 2 in TIME
[x] data/15.db  001_create_books -> 003_index_titles, 2 in TIME
[x] data/16.db  001_create_books -> 003_index_titles, 2 in TIME
[x] data/17.db  001_create_books -> 003_index_titles, 2 in TIME
[x] data/18.db  001_create_books -> 003_index_titles, 2 in TIME
[x] data/19.db  001_create_books -> 003_index_titles, 2 in TIME
END

scenario "N13: the first failure stops what has not begun, and running it again goes on"
use_books
expect_exit 0 make_app
mkdir data
at_first data/a.db data/c.db data/d.db
echo 'this is not a database' >data/b.db
expect_exit 6 ./app up --each-db 'data/*.db' -j 1
tidy
expect_output <<'END'
[x] data/a.db  001_create_books -> 003_index_titles, 2 in TIME
[!] data/b.db  the file is not a SQLite database (while reading the history, SQLite said: file is not a database). Nothing was changed. Check the path, and the key where it is encrypted.
2 databases in TIME, 1 migrated, 1 failed, 2 not started
Stopped after the first failure; --keep-going goes on with the others. What is done stays done: run it again for the rest.
END
rm data/b.db
expect_exit 0 ./app up --each-db 'data/*.db' -j 1
tidy
expect_output <<'END'
[=] data/a.db  current
[x] data/c.db  001_create_books -> 003_index_titles, 2 in TIME
[x] data/d.db  001_create_books -> 003_index_titles, 2 in TIME
3 databases in TIME, 2 migrated, 1 current
END

scenario "N13: a canary that fails keeps the others untouched, whatever else is asked"
use_books
expect_exit 0 make_app
mkdir data
at_first data/a.db data/c.db data/d.db
echo 'this is not a database' >data/b.db
sqlite3 data/c.db .dump >before
expect_exit 6 ./app up --each-db 'data/*.db' --canary 2 --keep-going -j 4
tidy
expect_output <<'END'
[x] data/a.db  001_create_books -> 003_index_titles, 2 in TIME
[!] data/b.db  the file is not a SQLite database (while reading the history, SQLite said: file is not a database). Nothing was changed. Check the path, and the key where it is encrypted.
2 databases in TIME, 1 migrated, 1 failed, 2 not started
A canary failed: the others were not touched.
END
sqlite3 data/c.db .dump >after
expect cmp before after
expect_exit 6 ./app up --each-db 'data/*.db' --no-canary --keep-going --quiet
tidy
expect_text '4 databases in TIME, 2 migrated, 1 current, 1 failed'

scenario "N13: none is status 1, paths come from standard input, and none is ever created"
use_books
expect_exit 0 make_app
printf 'none.db\n\n' | expect_exit 1 ./app up --each-db -
tidy
expect_output <<'END'
[!] none.db  the database cannot be opened (there is no such file). Nothing was changed. Check the path and who may use it.
1 database in TIME, 1 failed
A canary failed: the others were not touched.
END
expect test ! -e none.db
at_first one.db two.db
printf 'one.db\ntwo.db\n' | expect_exit 0 ./app up --each-db - -j 1 --quiet
tidy
expect_output <<'END'
2 databases in TIME, 2 migrated
END

scenario "N13: a wrong call is refused before anything is touched"
use_books
expect_exit 0 make_app
at_first one.db
for arguments in 'up --db one.db' 'show 1' 'down'; do
    # shellcheck disable=SC2086  # they are words
    ./app $arguments --each-db '*.db' >>all 2>&1 && fail "$arguments"
done
expect_exit 2 ./app up --each-db 'no/*.db'
cat "$output" >>all
cp all "$output"
expect_output <<'END'
app: --each-db and --db exclude each other; see 'app help'
app: show does not take --each-db, which is for up, down, to, redo, reset, status, plan, validate, backup, baseline, adopt, repair and drift; see 'app help'
app: down --each-db asks no questions: it wants --yes; see 'app help'
app: --each-db: no file matches 'no/*.db'
END

scenario "N13: status, a dry run and JSON tell of each"
use_books
expect_exit 0 make_app
at_first a.db b.db
./app up --db b.db --quiet
expect_exit 3 ./app status --each-db '*.db' --exit-code -j 1
tidy
expect_output <<'END'
[ ] a.db  pending
[=] b.db  current
2 databases in TIME, 1 pending, 1 current
END
expect_exit 0 ./app up --dry-run --each-db '*.db' -j 1
tidy
expect_output <<'END'
[ ] a.db  001_create_books -> 003_index_titles, 2 pending, checked in TIME
[=] b.db  current
2 databases in TIME, 1 pending, 1 current
END
expect_exit 0 ./app up --each-db '*.db' -j 1 --json
tidy
expect_output <<'END'
{"database":"a.db","outcome":"migrated","from":1,"to":3,"count":2,"duration_us":0,"code":"MIGC_OK","error":null}
{"database":"b.db","outcome":"current","from":3,"to":3,"count":0,"duration_us":0,"code":"MIGC_OK","error":null}
{"databases":2,"migrated":1,"pending":0,"current":1,"failed":0,"not_started":0,"duration_us":0}
END

scenario "N13: a step in C that crashes takes only its own database's turn"
write_host
mkdir data
for name in a crash z; do : >data/$name.db; done
expect_exit 6 ./app up --each-db 'data/*.db' --keep-going -j 2
tidy
sort -o "$output" "$output"
expect_output <<'END'
3 databases in TIME, 2 migrated, 1 failed
[!] data/crash.db  its process was killed by signal 6 (Aborted). The database is as it was before, or as after: SQLite reverts what is incomplete. Look for the cause, then run it again.
[x] data/a.db  the beginning -> 001_base, 1 in TIME
[x] data/z.db  the beginning -> 001_base, 1 in TIME
END
expect test "$(sqlite3 data/crash.db 'SELECT count(*) FROM sqlite_schema')" = 0

scenario "N13: a parent that is killed takes its workers along, and the next run goes on"
write_host
mkdir data
i=0
while [ $i -lt 40 ]; do
    : >data/slow$i.db
    i=$((i + 1))
done
./app up --each-db 'data/*.db' -j 2 >first 2>&1 &
sleep 0.5
kill -KILL $!
wait $! 2>/dev/null
sleep 0.3
expect test "$(grep -c '\[x\]' first)" -lt 40
expect_exit 0 ./app up --each-db 'data/*.db' -j 2
expect_text 'current'
done=0
for file in data/*.db; do
    [ "$(sqlite3 "$file" 'SELECT count(*) FROM base, migc_migrations')" = 0 ] && done=$((done + 1))
done
expect test $done = 40

scenario "N13: a signal lets the running ones end, and the summary says what is left"
write_host
mkdir data
i=0
while [ $i -lt 40 ]; do
    : >data/slow$i.db
    i=$((i + 1))
done
./app up --each-db 'data/*.db' -j 2 >"$output" 2>&1 &
sleep 0.5
kill -TERM $!
status=0
wait $! || status=$?
expect test $status = 143
expect_text ' not started'
expect_exit 0 ./app up --each-db 'data/*.db' -j 2

# Runs COMMAND as a group of its own and sends SIGNAL, TIMES times, to all of it or its parent.
make_sender() {
    cat >send.c <<'END'
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv) { /* SIGNAL group|parent TIMES COMMAND... */
    int status, number = atoi(argv[1]), times = atoi(argv[3]);
    pid_t child = fork();
    if (argc < 5 || child < 0)
        return 99;
    if (child == 0) {
        setpgid(0, 0);
        signal(number, SIG_DFL);
        execvp(argv[4], argv + 4);
        _exit(98);
    }
    setpgid(child, child);
    for (usleep(500000); times > 0; times--) {
        kill(argv[2][0] == 'g' ? -child : child, number);
        usleep(2000);
    }
    if (waitpid(child, &status, 0) != child)
        return 97;
    for (int tenths = 0; tenths < 50 && kill(-child, 0) == 0; tenths++)
        usleep(100000); /* the last ones may take a moment to go */
    if (kill(-child, SIGKILL) == 0)
        return 96; /* somebody was left */
    /* One that comes when the program has said all and is leaving ends it: to a shell, the same. */
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
END
    build_program send send.c
}

for signal in 1:SIGHUP 2:SIGINT 15:SIGTERM; do
    for whom in group parent; do
        scenario "N13: ${signal#*:} to the $whom, more than once, undoes every run and leaves no process"
        use_books
        use_endless
        expect_exit 0 make_app
        make_sender
        mkdir data
        for i in 1 2 3 4; do
            expect ./app to 3 --quiet --db data/$i.db
            sql data/$i.db "INSERT INTO books(title) VALUES ('Endless')"
            dump data/$i.db >$i.before
        done
        expect_exit $((128 + ${signal%:*})) \
            ./send "${signal%:*}" $whom 20 ./app up --each-db 'data/*.db' -j 3 --no-canary
        expect test "$(grep -c "${signal#*:}: 004_endless.sql:3: stopped on request" "$output")" = 3
        expect_text '3 databases in '
        expect_text ', 3 failed, 1 not started'
        for i in 1 2 3 4; do
            dump data/$i.db >after
            expect cmp $i.before after
        done
    done
done

scenario "N13: backups beside the databases are not databases of a pattern"
use_books
expect_exit 0 make_app
mkdir data
at_first data/a.db data/b.db
expect_exit 0 ./app up --each-db 'data/*.db' --backup
expect_exit 0 ./app restore --yes --db data/a.db
expect_exit 0 ./app up --each-db 'data/*.db'
expect_text '2 databases in '
expect_text ', 1 migrated, 1 current'
for file in data/*-1-*.db; do
    echo "$file" | expect_exit 3 ./app status --exit-code --each-db -
done

scenario "N13: a database that was backed up is said to be that, and one without content is not"
use_books
expect_exit 0 make_app
mkdir data
at_first data/a.db data/b.db
: >data/none.db
expect_exit 0 ./app backup --each-db 'data/*.db' -j 1
tidy
expect_output <<'END'
[x] data/a.db  backed up
[x] data/b.db  backed up
[=] data/none.db  current
3 databases in TIME, 2 backed up, 1 current
END
expect_exit 0 ./app backup --each-db 'data/?.db' --json
expect_text '"outcome":"backed up"'
expect_text '"backed_up":2'
expect test "$(ls data/*-1-*.db | wc -l)" -eq 4

scenario "N13: what is rehearsed is pending, and stays so"
use_books
expect_exit 0 make_app
at_first a.db
expect_exit 0 ./app up --rehearse --each-db '*.db'
tidy
expect_output <<'END'
[ ] a.db  001_create_books -> 003_index_titles, 2 pending, checked in TIME
1 database in TIME, 1 pending
END
expect_exit 0 ./app up --each-db '*.db'
expect_text '1 migrated'

scenario "N13: with standard input or error closed the work is done all the same"
use_books
expect_exit 0 make_app
at_first a.db b.db c.db
expect_exit 0 ./app up --each-db a.db <&-
expect_text ', 1 migrated'
./app up --each-db b.db 2>&- >"$output" || fail "exit $?"
expect_text ', 1 migrated'
./app up --each-db c.db >&- 2>&- <&-
expect_exit 0 ./app status --exit-code --db c.db

scenario "N13: a list that cannot be read is not an empty one"
use_books
expect_exit 0 make_app
expect_exit 1 ./app up --each-db - <.
expect_text 'app: --each-db: the list on standard input could not be read to its end'
expect_exit 1 ./app up --each-db - <&-
expect_text 'could not be read to its end'

scenario "N13: lines that do not say whose they are, are refused"
use_books
expect_exit 0 make_app
at_first a.db
expect_exit 2 ./app up --log json --each-db '*.db'
cp "$output" all
expect_exit 2 ./app up --profile --each-db '*.db'
cat "$output" >>all
cp all "$output"
expect_output <<'END'
app: this --log is for one database; --each-db takes --log syslog; see 'app help'
app: --profile and --each-db exclude each other; see 'app help'
END

scenario "N13: many, with few descriptors and little memory"
use_books
expect_exit 0 make_app
folder=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
at_first "$folder/first.db"
i=1
while [ $i -lt "$FLEET" ]; do
    echo "$folder/$i.db"
    i=$((i + 1))
done >names
while read -r name; do cp "$folder/first.db" "$name"; done <names
(
    ulimit -n 32
    case ${TEST_CFLAGS:-} in
    *sanitize*) ;; # which map terabytes that they do not use
    *) ulimit -v 200000 ;;
    esac
    ls "$folder" | sed "s,^,$folder/," | ./app up --each-db - -j 4 --quiet >all 2>&1
)
cp all "$output"
tidy
echo "$FLEET databases in TIME, $FLEET migrated" >wanted
expect cmp wanted "$output"
rm -rf "$folder"
