# How tests compile and link a program:  link_program OUT FILE.c...
#
# With a folder in PROGRAMS, which tests/run makes and removes, one that was made of the same
# sources with the same flags is taken from there: many cases want the same program.

# The SQLite that programs are compiled with, as 3054001.
sqlite_number() {
    # shellcheck disable=SC2086
    printf '#include <sqlite3.h>\nSQLITE_VERSION_NUMBER\n' | "${CC:-cc}" ${TEST_CFLAGS:-} -E -P - | tail -n 1
}

link_program() {
    program=$1 made=
    shift
    if [ -n "${PROGRAMS:-}" ]; then
        made=$PROGRAMS/$({
            echo "$CC ${TEST_CFLAGS:-} $*"
            find . -name '*.[ch]' -exec cat {} +
            cat "$BUILD/libmigc.a"
        } | cksum | tr ' ' -)
        [ -e "$made" ] && cp "$made" "$program" && return
    fi
    # shellcheck disable=SC2086  # the flags are a list
    "$CC" ${TEST_CFLAGS:-} -I"$ROOT/runtime" -I. -o "$program" "$@" "$BUILD/libmigc.a" \
        ${SQLITE_LIBS:--lsqlite3} || return
    [ -z "$made" ] || { cp "$program" "$made.$$" && mv "$made.$$" "$made"; }
}

# Whether the compiler takes C++ too.
takes_cpp() {
    echo 'int main() { return 0; }' | "${CC:-cc}" -x c++ -fsyntax-only - 2>/dev/null
}
