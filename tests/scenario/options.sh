#!/bin/sh
# Each option of the program's help beside each of its commands: it fits, or it is refused before
# anything is opened.  A new option or command is here, too, or a scenario fails.
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/app.sh"

# The option, the commands it is for and, behind a '+', those it is for beside another option,
# which follows.
fitting() {
    cat <<'END_OF_TABLE'
--db: up down to redo reset status history plan validate baseline adopt repair drift backup backups restore
--dry-run: up down to redo reset baseline adopt repair backup restore
--each: up down to redo reset plan
--resume: up down to redo reset plan repair
--wait: up down to redo reset status history plan validate baseline adopt repair drift backup
--timeout: up down to redo reset baseline adopt repair drift + validate --check
--out-of-order: up down to redo reset status plan validate repair
-n: down redo
--yes: up down to redo reset restore + repair --stamp
--json: up down to redo reset status history plan show validate baseline adopt repair drift backup backups restore
--quiet: up down to redo reset status history plan validate baseline adopt repair drift selftest backup backups restore
--long: status
--exit-code: status plan validate + up down to redo reset --dry-run
--help: up down to redo reset status history plan show validate completion help baseline adopt repair drift selftest backup backups restore
--version: up down to redo reset status history plan show validate completion help baseline adopt repair drift selftest backup backups restore
--set: up down to redo reset status history plan show validate completion baseline adopt repair drift selftest backup backups restore
--log: up down to redo reset backup + repair --resume
--profile: up down to redo reset + repair --resume
--wait-current: up
--each-db: up down to redo reset status plan validate baseline adopt drift backup + repair --stamp
-j: + up down to redo reset status plan validate baseline adopt repair drift backup --each-db
--canary: + up down to redo reset status plan validate baseline adopt repair drift backup --each-db
--no-canary: + up down to redo reset status plan validate baseline adopt repair drift backup --each-db
--keep-going: + up down to redo reset status plan validate baseline adopt repair drift backup --each-db
--to: down
--mark: repair
--accept: repair
--forget: repair
--stamp: repair
--force: baseline adopt + repair --stamp
--check: up down to redo reset validate baseline + repair --stamp
--ignore: drift
--rehearse: up down to
--copy: + up down to --rehearse
--backup: up down to redo reset baseline adopt + repair --stamp
--keep: backup + up down to redo reset baseline adopt repair --backup
END_OF_TABLE
}

# A program that has all commands and options: also --set, for its only set.
make_all() {
    use_books
    migc -n books -o books.c migrations
    cat >main.c <<'SOURCE'
#include "books.h"
int main(int argc, char **argv) {
    const migc_database place = {&books, "books.db"};
    const migc_options options = {.verbs = migc_verbs_all};
    return migc_cli_sets(argc, argv, &place, 1, &options);
}
SOURCE
    make_program app main.c books.c
}

commands() {
    ./app --migrate help | sed -nE 's/^  ([a-z]+) .*/\1/p'
}

options() {
    ./app --migrate help | sed -nE 's/^  (-[^ []+).*/\1/p'
}

# What the command needs to be one.
operand_of() {
    case $1 in
    to | baseline) echo 1 ;;
    show) echo 001_create_books ;;
    completion) echo bash ;;
    esac
}

# An option as it is typed.
typed() {
    case $1 in
    --db) echo --db=books.db ;;
    --each-db) echo '--each-db=book[s].db' ;;
    --log) echo --log=syslog ;;
    --out-of-order) echo --out-of-order=allow ;;
    --set) echo --set=books ;;
    --wait | --timeout) echo "$1=5" ;;
    --wait-current) echo "$1=0" ;;
    -n | -j) echo "${1}1" ;;
    --canary | --keep | --to | --ignore) echo "$1=1" ;;
    *) echo "$1" ;;
    esac
}

state() {
    cksum books.db
    ls -d books.db*
}

# Runs it, and leaves in $found what became of it, in a word.
try() {
    status=0
    # shellcheck disable=SC2046  # an operand may be none
    said=$(./app --migrate "$1" $(operand_of "$1") "$2" 2>&1 </dev/null) || status=$?
    case $said in
    *"app --migrate: $1 does not take $3, which is for "*) found="refused, $status" ;;
    *"app --migrate: $1 takes $3 only with "*) found="wants another, $status" ;;
    *) found=fits ;;
    esac
}

# What the table says of a command, its row being split at the '+'.
expected() {
    case " $2 " in *" $1 "*) echo fits && return ;; esac
    case " $3 " in *" $1 "*) echo 'wants another, 2' && return ;; esac
    echo 'refused, 2'
}

expect_nothing_in() {
    expect_exit 0 cat "$1"
    expect_output </dev/null
}

scenario "V6: the table of this scenario has every option of the help, and no other"
make_all
options | sort >listed
fitting | sed 's/:.*//' | sort >table
expect test -s listed
expect_exit 0 diff listed table
commands | sort >listed
fitting | sed -n 's/^--help: //p' | tr ' ' '\n' | sort >table
expect_exit 0 diff listed table

scenario "V6: an option is refused beside a command it does nothing for, and nothing is touched"
make_all
./app --migrate to 2 --quiet
: >wrong
commands >names
state >before
fitting | while IFS=: read -r option fits; do
    while read -r command; do
        wanted=$(expected "$command" "${fits%%+*}" "${fits#*+}")
        [ "$wanted" = fits ] && continue
        try "$command" "$(typed "$option")" "$option"
        [ "$found" = "$wanted" ] || echo "$command $option: $found" >>wrong
    done <names
    [ "$(state)" = "$(cat before)" ] || echo "$option was not only refused" >>wrong
done
expect_nothing_in wrong

scenario "V6: an option is taken beside the commands it is for"
make_all
./app --migrate to 2 --quiet
cp books.db kept
: >wrong
fitting | while IFS=: read -r option fits; do
    for command in ${fits%%+*}; do
        cp kept books.db
        try "$command" "$(typed "$option")" "$option"
        [ "$found" = fits ] || echo "$command $option: $found" >>wrong
    done
done
expect_nothing_in wrong

scenario "V6: an option that belongs to another one is taken beside it"
make_all
./app --migrate to 2 --quiet
cp books.db kept
: >wrong
fitting | grep '+' | while IFS=: read -r option fits; do
    with=$(typed "${fits##* }")
    for command in ${fits#*+}; do
        case $command$with in
        -*) continue ;;
        repair--resume | repair--stamp) more= ;;
        repair*) more=--stamp ;;
        *) more= ;;
        esac
        cp kept books.db
        # shellcheck disable=SC2046,SC2086  # may be none
        ./app --migrate "$command" $(operand_of "$command") "$(typed "$option")" "$with" $more \
            >said 2>&1 </dev/null
        grep -E 'does not take|only with|exclude|no option' said >>wrong
    done
done
expect_nothing_in wrong

scenario "V6: what contradicts each other is refused, and nothing is touched"
make_all
./app --migrate to 2 --quiet
: >wrong
state >before
while read -r command; do
    status=0
    # shellcheck disable=SC2086  # words
    said=$(./app --migrate $command 2>&1 </dev/null) || status=$?
    case $status$said in
    2*'exclude each other; see '* | 2*', not both; see '* | 2*'--each wants --copy; see '*) ;;
    *) echo "$command: $status $said" >>wrong ;;
    esac
done <<'END_OF_CALLS'
up --rehearse --dry-run
to 1 --yes --dry-run --rehearse
up --rehearse --each
up --rehearse --exit-code
up --rehearse --check
up --rehearse --backup
up --rehearse --log syslog
up --rehearse --profile
down --yes -n 2 --to 1
down --yes 2 --to 1
down --yes 2 -n 1
redo --yes 2 -n 1
reset --yes --db books.db --each-db books.db
up --each-db books.db --profile
up --wait-current 1 --dry-run
up --wait-current 1 --each-db books.db
up --each-db books.db --canary 2 --no-canary
repair --mark --accept 2
repair --mark --forget 2 --yes
repair --accept --forget 2 --yes
repair --stamp --resume
repair --stamp --mark 2
END_OF_CALLS
expect_nothing_in wrong
expect [ "$(state)" = "$(cat before)" ]

# A program that links little, and makes backups of its own.
make_small() {
    use_books
    migc -n books -o books.c migrations
    cat >main.c <<'SOURCE'
#include "books.h"
int main(int argc, char **argv) {
    static migc_backup backup = {.keep = 2};
    const migc_hook hook = {migc_backup_hook, &backup, NULL};
    const migc_verbs *const verbs[] = {&migc_verbs_recovery, NULL};
    const migc_options options = {.verbs = verbs, .hooks = &hook};
    return migc_main(argc, argv, &books, "books.db", &options);
}
SOURCE
    make_program app main.c books.c
}

scenario "V6: a refusal names the commands that the program has"
make_small
expect_exit 2 ./app status --yes
expect_output <<'END'
app: status does not take --yes, which is for up, down, to, redo, reset, restore and repair; see 'app help'
END
expect_exit 2 ./app restore --timeout 5
expect_output <<'END'
app: restore does not take --timeout, which is for up, down, to, redo, reset, baseline, adopt and repair; see 'app help'
END
expect test ! -e books.db

scenario "B8: a program that makes its own backups says how many of them stay"
make_small
expect_exit 2 ./app up --backup --keep 5
expect_output <<'END'
app: this program makes its own backups, and says how many stay: --keep wants --backup=DIR; see 'app help'
END
expect test ! -e books.db
expect_exit 0 ./app up --backup=. --keep 5 --quiet
