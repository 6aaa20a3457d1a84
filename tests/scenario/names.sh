# What migc takes for a name, C and C++ take: nothing in the emitted files has it already.
. "$(dirname "$0")/../lib.sh"

flags='-Wall -Wextra -Wpedantic -Werror'

# Compiles NAME.c as C99, as the C with extensions that compilers take for granted, and as C++ where it can.
compiles() {
    for language in '-std=c99 -x c' '-x c' '-x c++'; do
        [ "$language" != '-x c++' ] || takes_cpp || continue
        # shellcheck disable=SC2086  # the flags are lists
        "$CC" $flags $language -I"$ROOT/runtime" -I. -fsyntax-only "$1.c" >messages 2>&1 ||
            { grep -m 3 error messages | sed "s/^/$1 as $language: /"; return 1; }
    done
}

# A set of one migration with these calls.
write_calls() {
    mkdir -p migrations
    {
        echo "-- up"
        sed 's/^/-- call: /' "$@"
        printf '%s\n' "-- down" "SELECT 1;"
    } >migrations/001_a.sql
}

scenario "L6 B7: a function that a step may call has the name of nothing in the headers or in C"
cat >words.c <<'END'
#include "migc.h"
END
cat >which.c <<'END'
#include "base/base.h"
#include <stdio.h>
#include <string.h>
int main(void) {
    char line[256];
    while (fgets(line, sizeof(line), stdin)) {
        line[strcspn(line, "\n")] = '\0';
        if (!symbol_problem(line, strlen(line)))
            puts(line);
    }
    return 0;
}
END
expect link_program which -I"$ROOT/compiler" which.c "$BUILD/compiler.a" ${COMPILER_LIBS:--lxxhash -lyaml -lmd -lz}
{
    "$CC" -E -dM -I"$ROOT/runtime" words.c
    "$CC" -E -P -I"$ROOT/runtime" words.c
    cat "$ROOT/compiler/base/symbol.c"
} | grep -oE '[A-Za-z_][A-Za-z0-9_]*' | grep -vxE 'migc|[mr][0-9]+' | sort -u >words
./which <words >taken
expect test "$(wc -l <words)" -gt 1500
expect test "$(wc -l <taken)" -gt 100
printf '%s\n' INT8_WIDTH UINT_FAST16_WIDTH CARRAY_TEXT nullptr_t unreachable | ./which >free # of C23 and SQLite 3.53
expect test ! -s free
write_calls taken
expect_exit 0 migc -Wno-skipped-call -n app -o app.c migrations
compiles app >"$output"
expect_output </dev/null

scenario "L6 B7: a function has no name of the emitted file, or migc refuses it"
for name in m1 m001 r1 m app APP app_H APP_H app_texts app_rows app_calls app_packed app_repeat \
    app_needed app_needs app_pieces app_snapshot app_COUNT APP_COUNT APP_LATEST APP_MIGRATIONS \
    options argc context migc Migc_x MIGC sqlite3 _x __x __LINE__ linux unix nullptr typeof; do
    echo "$name" | write_calls
    printf '%s\n' '-- up' 'DROP VIEW IF EXISTS v;' 'CREATE VIEW v AS SELECT 1;' \
        '-- down' 'DROP VIEW IF EXISTS v;' >migrations/R_v.sql
    migc -Wno-skipped-call --main -n app -o app.c migrations >said 2>&1 || continue
    echo "$name" >>taken
    compiles app >>"$output"
done
expect_output </dev/null
expect grep -qx context taken
expect grep -qx m001 taken
expect test "$(grep -cxE 'app|app_[a-z]+|APP_(H|COUNT|LATEST)' taken)" = 0

scenario "L6 P3: a set has no name of C or of its own emitted file, or migc refuses it"
printf '%s\n' '-- up' 'CREATE TABLE a(x);' '-- down' 'DROP TABLE a;' >a.sql
for name in m1 m001 r1 argc argv options main migc sqlite3 time index free linux bool _x __x A \
    NULL int64_t app m_1 context; do
    mkdir -p migrations && cp a.sql migrations/001_a.sql
    printf '%s\n' '-- up' 'DROP VIEW IF EXISTS v;' 'CREATE VIEW v AS SELECT 1;' \
        '-- down' 'DROP VIEW IF EXISTS v;' >migrations/R_v.sql
    migc --main -n "$name" -o emitted.c migrations >said 2>&1 || continue
    echo "$name" >>taken
    compiles emitted | sed "s/^/$name: /" >>"$output"
done
expect_output </dev/null
expect grep -qx app taken
expect grep -qx context taken
expect test "$(grep -cxE 'arg.|options|time|free|linux|bool|__x|NULL' taken)" = 0

scenario "L6 V4: two sets in one program, of the same migrations, share no name"
mkdir migrations
printf '%s\n' '-- up' 'CREATE TABLE a(x);' '-- down' 'DROP TABLE a;' >migrations/001_a.sql
expect_exit 0 migc -n one -o one.c migrations
expect_exit 0 migc -n one_needs -o two.c migrations
cat >main.c <<'END'
#include "one.h"
#include "two.h"
int main(void) {
    return ONE_COUNT == ONE_NEEDS_COUNT && one.count == one_needs.count ? 0 : 1;
}
END
expect build_program both main.c one.c two.c
expect_exit 0 ./both
