#!/bin/sh
# Runs the golden cases: every folder of golden/ holds a script `cmd`, the files it needs,
# and `expected`: all it prints, on stdout and stderr, and its exit status, byte by byte.
# A first line "# V2: what it shows" in cmd is the case's title.  A case whose words are others
# with SQLite 3.53 or newer, which alters columns and constraints, has expected-3.53 too.
#
#     tests/golden.sh [TEXT ...]           only cases whose name or title has one of these
#     UPDATE=1 tests/golden.sh [TEXT ...]  writes `expected` anew
#
# Called by tests/run, whose header describes what is printed.  A case sees its own copy of
# its folder, an environment of nothing but what is set below, and migc in front of PATH.
set -u

ROOT=${ROOT:-$(cd "$(dirname "$0")/.." && pwd)}
BUILD=${BUILD:-$ROOT/build}
TESTS=${TESTS:-$ROOT/tests}
case $BUILD in /*) ;; *) BUILD=$ROOT/$BUILD ;; esac

. "$ROOT/tests/link.sh"

scratch=$(mktemp -d) || exit 2
trap 'chmod -R u+rwx "$scratch"; rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM HUP
umask 022
mkdir "$scratch/home"

wanted() {
    title=$1
    shift
    [ $# -eq 0 ] && return 0
    for text; do
        case $title in *"$text"*) return 0 ;; esac
    done
    return 1
}

# Leaves what the case printed, and "exit N", in $scratch/got.
run_case() {
    cp -R "$1" "$scratch/case"
    rm -f "$scratch/case"/expected*
    (
        cd "$scratch/case" &&
            env -i PATH="$BUILD:$PATH" LC_ALL=C TZ=UTC HOME="$scratch/home" LOGNAME=tester \
                ROOT="$ROOT" BUILD="$BUILD" CC="${CC:-cc}" TEST_CFLAGS="${TEST_CFLAGS:-}" \
                ASAN_OPTIONS="${ASAN_OPTIONS:-}" SQLITE_LIBS="${SQLITE_LIBS:--lsqlite3}" \
                PROGRAMS="${PROGRAMS:-}" sh ./cmd
    ) >"$scratch/got" 2>&1 </dev/null
    echo "exit $?" >>"$scratch/got"
    chmod -R u+rwx "$scratch/case"
    rm -rf "$scratch/case"
}

judge_case() {
    expected=$1/expected
    [ -e "$expected-3.53" ] && [ "$(sqlite_number)" -ge 3053000 ] && expected=$expected-3.53
    if [ -n "${UPDATE:-}" ]; then
        cp "$scratch/got" "$expected" && echo "ok $2"
    elif [ ! -e "$expected" ]; then
        echo "not ok $2"
        echo "  has no expected; UPDATE=1 tests/golden.sh writes it"
    elif cmp -s "$expected" "$scratch/got"; then
        echo "ok $2"
    else
        echo "not ok $2"
        diff -u -L expected -L got "$expected" "$scratch/got" | sed 's/^/  /'
    fi
}

for folder in "$TESTS"/golden/*/; do
    [ -d "$folder" ] || continue
    name="golden: $(basename "$folder")"
    if [ ! -e "$folder/cmd" ]; then
        echo "not ok $name"
        echo "  has no cmd"
        continue
    fi
    title=$(sed -n '1s/^# //p' "$folder/cmd")
    name="$name${title:+ ($title)}"
    wanted "$name" "$@" || continue
    run_case "$folder"
    judge_case "${folder%/}" "$name"
done
