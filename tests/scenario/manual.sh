#!/bin/sh
# The examples of migc.3 compile, its synopsis and the header name the same functions, and the
# lists of migc.1 and migc-migrate.1 are those of the help.
. "$(dirname "$0")/../lib.sh"

# Each block behind a line '.\" example FILE' becomes that file.
extract() {
    awk '
        /^\.\\" example / { file = $3; next }
        file && /^\.Bd/ { inside = 1; next }
        /^\.Ed/ { inside = 0; file = ""; next }
        inside { gsub(/\\e/, "\\"); gsub(/\\-/, "-"); print > file }
    ' "$ROOT/runtime/migc.3"
}

compile() {
    for file in *.c; do
        "$CC" -std=c99 -Wall -Wextra -Wpedantic -Werror -I"$ROOT/runtime" -I"$ROOT/generated" \
            -c "$file" || return 1
    done
}

declared() {
    sed -n '/^MIGC_API/,/;/p' "$ROOT/runtime/migc.h" | grep -oE '\bmigc_[a-z_]+\(' | tr -d '(' | sort -u
}

manual_names() {
    sed -n '/^\.Sh NAME/,/^\.Nd/p' "$ROOT/runtime/migc.3" | grep -oE 'migc_[a-z_]+' | sort -u
}

synopsis_names() {
    sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESC/s/^\.Fn \([a-z_]*\).*/\1/p' "$ROOT/runtime/migc.3" | sort -u
}

example_calls() {
    grep -ohE '\bmigc_[a-z_]+\b' ./*.c | sort -u
}

scenario "H3: every example of migc.3 compiles without a warning"
extract
expect test -e up.c -a -e step.c
expect_exit 0 compile

scenario "H3: migc.3 names every public function, and no other"
declared >declared
manual_names >manual
synopsis_names >synopsis
expect test -s declared
expect_exit 0 diff declared manual
expect_exit 0 diff declared synopsis

scenario "H3: every public function but code names is used in an example of migc.3"
extract
declared | grep -v '^migc_code_' >declared
example_calls >calls
expect_exit 0 comm -23 declared calls
expect_output </dev/null

# The names of one of migc.h's lists, X(NAME, ...), as the page spells them.
rows() {
    sed -n "/^#define $1(X)/,/^\$/p" "$ROOT/runtime/migc.h" | grep -oE 'X\([A-Z_]+' |
        sed "s/X(/$2/" | sort
}

items() {
    sed -n "/^$1/,/^$2/p" "$ROOT/runtime/migc.3" | sed -nE 's/^\.It (Dv|Fa) //p' |
        sed 's/ , /\n/g' | sort
}

scenario "H3: migc.3 lists every code, event and hook point once, and every option"
{ rows MIGC_SQLITE_CODES MIGC_; rows MIGC_OWN_CODES MIGC_; } | grep -v '^MIGC_OK$' | sort >codes
items "\.Sh RETURN" "\.Sh FILES" | grep "^MIGC_" >manual
expect test -s codes
expect_exit 0 diff codes manual
rows MIGC_EVENTS MIGC_EVENT_ >events
items "\.Ss Events" "\.El" >manual
expect test -s events
expect_exit 0 diff events manual
rows MIGC_HOOK_POINTS MIGC_ >points
items "\.Ss Hooks" "\.El" >manual
expect test -s points
expect_exit 0 diff points manual
sed -n '/^typedef struct migc_options {/,/^} migc_options;/p' "$ROOT/runtime/migc.h" |
    sed -nE 's|/[*].*||; s/^    [a-z][^;(]*[ *][(]?[*]?([a-z_]+)[)]?([(].*[)])?; *$/\1/p' | sort >fields
items "\.Ss Options" "\.Ss Events" >manual
expect test -s fields
expect_exit 0 diff fields manual

# The first word of each item of the lists of a page, from a line to another.
listed() {
    sed -n "/$2/,/$3/p" "$ROOT/$1" | sed -nE 's/^\.It (Cm|Fl|Li) (-?[a-z-]+|[njo]).*/\2/p' | sort
}

# Those of the lines of a help that begin a row.
commands_of() {
    sed -nE 's/^  ([a-z][a-z-]*) .*/\1/p' "$1" | sort
}

options_of() {
    sed -nE 's/^  -(-?[a-zA-Z-]+).*/\1/p' "$1" | sort
}

page=runtime/migc-migrate.1

scenario "H3: migc.1 lists every warning, and no other"
migc help warnings >help
commands_of help >warnings
listed compiler/migc.1 '^\.Ss Warnings' '^\.El' >manual
expect test -s warnings
expect_exit 0 diff warnings manual

scenario "H3: migc.1 names every verb and option of the compiler"
for verb in build check lock renumber create; do
    expect grep -q "^\.It Cm $verb" "$ROOT/compiler/migc.1"
    migc help "$verb" >help
    options_of help | grep -v -e '^-help$' -e '^W' >options
    expect test -s options -o "$verb" = renumber
    while read -r option; do
        grep -qE "^\.(It|Op|Cm)?.*\bFl (-?[a-zA-Z]* , Fl )?$option\b" "$ROOT/compiler/migc.1" ||
            grep -qE "^\.Fl $option\b" "$ROOT/compiler/migc.1" || fail "migc.1 lacks -$option of $verb"
    done <options
done

scenario "H3: migc-migrate.1 lists every command and option once, and no other"
notes --migrate help >help
commands_of help >commands
listed $page '^\.Ss Going up and back' '^\.Ss Options' >manual
expect test -s commands
expect_exit 0 diff commands manual
{ options_of help; echo -set; } | sort >options
listed $page '^\.Ss Options' '^\.Ss What is reverted' >manual
expect_exit 0 diff options manual

# Part by part: a program that links one bundle has in its help what the list says.
scenario "H3: migc-migrate.1 tells which part of the library brings which command and option"
parts() {
    sed -n '/^\.Ss What a program links/,/^\.El/p' "$ROOT/$page" |
        awk '/^\.It Va/ { part = $3; next } part && /^\.(Cm|Fl) / { print part, $2 }'
}
parts | sort >manual
expect grep -q '^migc_verbs_recovery restore$' manual
for part in $(sed -nE 's/^    &(migc_verbs_[a-z]+),/\1/p' "$ROOT/runtime/cli/verbs_all.c"); do
    cat >one.c <<END
#include "notes.h"
int normalise_titles(migc_context *context);
int normalise_titles(migc_context *context) {
    (void)context;
    return 0;
}
int main(int argc, char **argv) {
    static const migc_verbs *const verbs[] = {&$part, NULL};
    migc_options options = {0};
    options.verbs = verbs;
    return migc_main(argc, argv, &notes, NULL, &options);
}
END
    # shellcheck disable=SC2086  # the flags are a list
    expect "$CC" ${TEST_CFLAGS:-} -I"$ROOT/runtime" -I"$ROOT/generated" -o one one.c \
        "$ROOT/generated/notes.c" "$BUILD/libmigc.a" -lsqlite3
    ./one help | sed '1,/^  --help/d' >help
    { commands_of help && options_of help; } | sed "s/^/$part /"
done | sort >parts
sed '/migc_verbs_recovery down$/d' manual >told
expect_exit 0 diff parts told

scenario "H3: migc-migrate.1 has an example of every command"
notes --migrate help >help
commands_of help >commands
expect test -s commands
while read -r command; do
    grep -qE "^\\$ .*(\./shop|--migrate) $command\b" "$ROOT/$page" ||
        fail "there is no example of $command"
done <commands

# ------------------------------------------------------------ a bad night

night() {
    awk '/^\.\\" night/ { inside = 1; next } inside && /^\.Bd/ { next } /^\.Ed/ { inside = 0 }
         inside' "$ROOT/$page"
}

# What differs from run to run, and where a line of the page ends.
flatten() {
    sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}/DATE/g; s/[0-9.]+ m?s\b/TIME/g
            s/[0-9]{8}T[0-9]{6}Z/STAMP/g; s/by [^ ]* with .*/WHO/; s/by uid .*/WHO/; s|'"$PWD"'/|./|g' |
        tr -s ' \n' '  '
}

# Both ways on begin at the same database.
play() {
    night | sed -n 's/^\$ //p' >script
    while read -r line; do
        case $line in *repair\ --db*) copy=1 ;; *backups*) cp stopped.db shop.db ;; esac
        printf '$ %s\n' "$line"
        eval "$line" 2>&1 || :
        [ -z "${copy:-}" ] || cp shop.db stopped.db
        copy=
    done <script
}

scenario "H3: migc-migrate.1 tells of a bad night as it goes"
. "$ROOT/tests/app.sh"
rm -f ./*.c
migration 001_items.sql <<'END'
-- up
CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
-- down
DROP TABLE item;
END
migration 002_notes.sql <<'END'
-- up
ALTER TABLE item ADD COLUMN note TEXT;
CREATE INDEX item_note ON item(note);
CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT);
-- down
DROP TABLE customer;
DROP INDEX item_note;
ALTER TABLE item DROP COLUMN note;
END
migration 003_archive.sql <<'END'
-- Transaction: none
-- up
CREATE TABLE archive(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
INSERT INTO archive(name) SELECT name FROM item;
CREATE INDEX archive_name ON archive(name, id);
-- down
DROP TABLE archive;
END
NAME=shop make_app
mv app shop
expect ./shop to 2 --quiet --db shop.db
sqlite3 shop.db "INSERT INTO item(name) VALUES('tea'), ('tea'), ('milk')"
play | flatten >seen
night | flatten >told
expect grep -q 'restored' told
expect_exit 0 diff told seen
