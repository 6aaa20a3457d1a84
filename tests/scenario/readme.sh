#!/bin/sh
# The tutorial of the README, word for word: what it tells to write is written, what it tells
# to run is run, and must print what it says. Only times, dates and persons may be others.
. "$(dirname "$0")/../lib.sh"

tutorial() {
    awk '/^## /{on = ($0 == "## Tutorial")} on' "$ROOT/README.md"
}

# Blocks become steps of a script: "file" blocks are written where the text before them says.
steps() {
    awk '
        /^```/ && !inside { inside = 1; kind = substr($0, 4); next }
        /^```/ { if (kind == "console" && command != "") print "check"; inside = 0; command = ""
                 if (kind != "console") print "END-OF-FILE"
                 started = 0; next }
        !inside { for (text = $0; match(text, /`[^` ]+`/); text = substr(text, RSTART + RLENGTH))
                      name = substr(text, RSTART + 1, RLENGTH - 2)
                  next }
        kind != "console" { if (!started) { print "cat >" name " <<\"END-OF-FILE\""; started = 1 }
                            print; next }
        /^\$ / { if (command != "") print "check"
                 command = substr($0, 3)
                 print "say \"" command "\""; print command " >>\"$seen\" 2>&1"; next }
        { gsub(/\047/, "\047\\\047\047"); print "printf \"%s\\n\" \047" $0 "\047 >>\"$told\"" }
    '
}

mask() {
    sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}(\.[0-9]+)?/DATE/; s/[0-9.]+ m?s\b/TIME/g
            s/by .*pid.*/WHO/; s/ by (uid )?[a-z0-9]+ with [^ )]+( on [^ )]+)?\)/ by WHO)/
            s/[^ ]*\/(todo-[a-z0-9]+-)[0-9]{8}T[0-9]{6}Z/FOLDER\/\1STAMP/
            s/journal about [0-9]+/journal about N/
            s/^make(\[[0-9]+\])?: \*\*\*/make: ***/' "$1"
}

say() {
    asked=$1
    : >"$seen"
    : >"$told"
}

check() {
    mask "$told" >"$told.masked"
    mask "$seen" >"$seen.masked"
    if ! diff -u "$told.masked" "$seen.masked" >"$lab/difference"; then
        fail "\$ $asked
$(cat "$lab/difference")"
    fi
}

scenario "B3 P3: the tutorial works word for word"
make -s -C "$ROOT" install BUILD="$BUILD" PREFIX="$lab/usr" >"$lab/install" 2>&1 ||
    fail "$(cat "$lab/install")"
PATH=$lab/usr/bin:$PATH
PKG_CONFIG_PATH=$lab/usr/lib/pkgconfig
seen=$lab/seen told=$lab/told
unset MAKEFLAGS MAKELEVEL MFLAGS
CC="$CC ${TEST_CFLAGS:-}" # a library that is checked wants a program that is
export PATH PKG_CONFIG_PATH CC
tutorial | steps >"$lab/steps"
expect grep -q '^check' "$lab/steps"
. "$lab/steps"

# ------------------------------------------- emitted files in version control

makefile() {
    awk '/^## /{on = 0} /^After a clone any file/{on = 1} on && sub(/^    /, "")' "$ROOT/README.md"
}

path_without_migc() {
    echo "$PATH" | tr : '\n' | while read -r folder; do
        [ -x "$folder/migc" ] || printf '%s:' "$folder"
    done
}

# What a clone leaves: all that is committed, and every migration newer than what is emitted.
make_clone() {
    mkdir migrations generated
    makefile >Makefile
    cp "$BUILD/libmigc.a" .
    printf '%s\n' '-- up' 'CREATE TABLE t(a);' '-- down' 'DROP TABLE t;' >migrations/001_t.sql
    printf '%s\n' '#include "generated/app.h"' 'int main(void) { return APP_LATEST != 1; }' >app.c
    expect migc -n app -MD -o generated/app.c migrations
    touch -d 2001-01-01 generated/*
}

CFLAGS="-I$ROOT/runtime -I. ${TEST_CFLAGS:-}"
LDLIBS=${SQLITE_LIBS:--lsqlite3}
export CFLAGS LDLIBS

scenario "B3: where the emitted files are committed a clone builds without migc"
make_clone
PATH=$(path_without_migc) expect_exit 0 make -s
expect ./app
PATH=$(path_without_migc) expect_exit 0 make -q

scenario "B3: where the emitted files are committed a clone follows its migrations with migc"
make_clone
expect_exit 0 make -s
expect ./app
printf '%s\n' '-- up' 'CREATE TABLE t(a, b);' '-- down' 'DROP TABLE t;' >migrations/001_t.sql
touch -d 2001-01-01 migrations
expect_exit 0 make -s
expect grep -q 'a, b' generated/app.c
expect_exit 0 make -q
