#!/bin/sh
# The examples of migc.3 compile, and its synopsis and the header name the same functions.
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

scenario "every example of migc.3 compiles without a warning"
extract
expect test -e up.c -a -e step.c
expect_exit 0 compile

scenario "migc.3 names every public function, and no other"
declared >declared
manual_names >manual
synopsis_names >synopsis
expect test -s declared
expect_exit 0 diff declared manual
expect_exit 0 diff declared synopsis

scenario "every public function but code names is used in an example of migc.3"
extract
declared | grep -v '^migc_code_' >declared
example_calls >calls
expect_exit 0 comm -23 declared calls
expect_output </dev/null

# The first word of each item of a list of migc.1, between two patterns.
listed() {
    sed -n "/$1/,/^\.El/p" "$ROOT/compiler/migc.1" |
        sed -nE 's/^\.It (Cm|Fl|Li) (-?[a-z-]+|n).*/\2/p' | sort -u
}

first_words() {
    sed -nE "/^$1/,/^\$/s/^  (-?-?[a-z-]+) .*/\1/p" | sed 's/^-//' | sort -u
}

scenario "migc.1 lists every warning, command and option, and no other"
migc help warnings | sed -nE 's/^  ([a-z-]+) .*/\1/p' | sort -u >warnings
listed '^\.Ss Warnings' >manual
expect test -s warnings
expect_exit 0 diff warnings manual
notes --migrate help >help
first_words Commands: <help >commands
listed '^\.Bl -tag -width "to version"' >manual
expect test -s commands
expect_exit 0 diff commands manual
first_words Options: <help >options
listed '^\.Bl -tag -width "--wait SECONDS"' >manual
expect test -s options
expect_exit 0 diff options manual
