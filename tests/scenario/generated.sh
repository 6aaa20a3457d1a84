# The committed generated files are what their sources give.
. "$(dirname "$0")/../lib.sh"

# Two versions of re2c may write two lexers, both right: the committed one names its own.
made_by=$(sed -n '1s/.*re2c \([0-9.]*\).*/\1/p' "$ROOT/compiler/read/lex.c")
re2c_here=$(re2c --version 2>/dev/null | sed 's/^re2c //')

scenario "H2: compiler/read/lex.c is what re2c makes of lex.re"
if [ -z "$re2c_here" ]; then
    skip "re2c is not installed"
elif [ -n "$made_by" ] && [ "$made_by" != "$re2c_here" ]; then
    skip "it was made by re2c $made_by, here is $re2c_here"
else
    expect_exit 0 "$ROOT/tests/regen.sh" lexer .
    expect diff -u "$ROOT/compiler/read/lex.c" compiler/read/lex.c
    expect diff -u "$ROOT/compiler/query/c_lex.c" compiler/query/c_lex.c
fi

scenario "H2: compiler/report/assets.h is made of its style and script"
expect_exit 0 "$ROOT/tests/regen.sh" assets .
expect diff -u "$ROOT/compiler/report/assets.h" compiler/report/assets.h

scenario "P9: generated/ is what migc makes of migrations/"
expect_exit 0 "$ROOT/tests/regen.sh" sample .
expect diff -u "$ROOT/generated/notes.c" generated/notes.c
expect diff -u "$ROOT/generated/notes.h" generated/notes.h
