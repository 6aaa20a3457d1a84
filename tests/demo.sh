#!/bin/sh
# What `make demo` shows: the sample migrations are compiled, then the sample host brings a
# real file up and down, from an empty folder that holds the program and no SQL.
set -eu

ROOT=$(cd "$(dirname "$0")/.." && pwd)
BUILD=${BUILD:-build}

show() {
    printf '\n$ %s\n' "$*"
    "$@"
}

compile_migrations() {
    cd "$ROOT"
    echo "In $ROOT, where the SQL is:"
    mkdir -p "$BUILD/demo"
    show "$BUILD/migc" -n notes -o "$BUILD/demo/notes.c" migrations
    for file in notes.c notes.h; do
        cmp "$BUILD/demo/$file" "generated/$file"
    done
    echo "It is what generated/ holds, which is compiled into the sample host."
}

run_host() {
    folder=$(mktemp -d "${TMPDIR:-/tmp}/migc-demo.XXXXXX")
    cp "$BUILD/notes" "$folder/notes"
    cd "$folder"
    printf '\nIn %s, where there is no SQL:\n' "$folder"
    unset DATABASE_PATH
    show ls
    show ./notes --migrate status
    show ./notes --migrate up
    show ./notes --migrate status
    show ./notes --migrate down --yes
    show ./notes --migrate up
    show ./notes --migrate status
    printf '\nThe program and its database are in %s\n' "$folder"
}

compile_migrations
run_host
