#!/bin/sh
# Writes the committed generated files: "regen.sh lexer DEST" and "regen.sh sample DEST" put
# theirs below DEST.  `make regen` has them written in place; the tests have them written
# elsewhere, and compare.  A file that would be the same is left alone.
set -eu

what=$1
mkdir -p "$2"
dest=$(cd "$2" && pwd)
cd "$(dirname "$0")/.."
BUILD=${BUILD:-build}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# re2c lets nobody else read what it writes: the bytes are copied, the mode is not.
put() {
    mkdir -p "$dest/$1"
    cmp -s "$scratch/$2" "$dest/$1/$2" || cat "$scratch/$2" >"$dest/$1/$2"
}

case $what in
lexer)
    re2c -i --no-generation-date -W -o "$scratch/lex.c" compiler/read/lex.re
    put compiler/read lex.c
    re2c -i --no-generation-date -W -o "$scratch/c_lex.c" compiler/query/c_lex.re
    put compiler/query c_lex.c
    ;;
sample)
    "$BUILD/migc" -n notes -o "$scratch/notes.c" migrations
    put generated notes.c
    put generated notes.h
    ;;
*)
    echo "usage: tests/regen.sh lexer|sample DEST" >&2
    exit 2
    ;;
esac
