#!/bin/sh
# Writes the committed generated files: "regen.sh lexer DEST" and the like put
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

# A file as a macro: one string literal a line.
literal() {
    sed 's/\\/\\\\/g; s/"/\\"/g' "$2" | awk -v name="$1" '
        BEGIN { printf "#define %s", name }
        { printf " \\\n    \"%s\\n\"", $0 }
        END { print "" }'
}

# As a content security policy names it: the bytes of the sum, in base64.
policy_hash() {
    sha256sum "$1" | awk '{ for (i = 1; i < 65; i += 2) {
        n = (index("0123456789abcdef", substr($1, i, 1)) - 1) * 16 + index("0123456789abcdef", substr($1, i + 1, 1)) - 1
        printf "\\%03o", n } }' | xargs -0 printf | base64
}

case $what in
assets)
    room=compiler/report
    {
        printf '%s\n' '/*' \
            ' * assets.h - style.css and script.js as literals, with the hashes that let a browser' \
            ' * use them.  Made from both by `make regen`.' ' */' '#ifndef ASSETS_H' \
            '#define ASSETS_H' '' '/* clang-format off */' \
            "#define STYLE_HASH \"sha256-$(policy_hash $room/style.css)\"" \
            "#define SCRIPT_HASH \"sha256-$(policy_hash $room/script.js)\""
        literal STYLE $room/style.css
        literal SCRIPT $room/script.js
        printf '%s\n' '/* clang-format on */' '' '#endif'
    } >"$scratch/assets.h"
    put $room assets.h
    ;;
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
    echo "usage: tests/regen.sh lexer|assets|sample DEST" >&2
    exit 2
    ;;
esac
