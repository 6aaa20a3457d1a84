# For the scenarios, which source it:  . "$(dirname "$0")/../lib.sh"
#
#     scenario "B4: a dry run changes nothing"    begins one, in an empty folder of its own
#     expect_exit STATUS COMMAND...   runs it; its stdout and stderr are then the output
#     expect_output <<'END'           the output is exactly this
#     expect_text TEXT                the output contains TEXT
#     expect_no_text TEXT             the output does not
#     expect COMMAND...               COMMAND (test, cmp, grep) succeeds
#     fail WHY...                     the scenario has failed
#     skip WHY...                     the scenario cannot be shown here
#     build_program OUT FILE.c...     compiles and links with libmigc and SQLite
#
# $output names the file that holds the output.  The first expectation that is not met is
# reported; the scenario goes on, so clean-up is done.  One that expects nothing has failed.
# Expectations may stand in pipes and subshells.  migc and notes are in front of PATH.

ROOT=${ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
BUILD=${BUILD:-$ROOT/build}
case $BUILD in /*) ;; *) BUILD=$ROOT/$BUILD ;; esac
PATH=$BUILD:$PATH
LC_ALL=C
TZ=UTC
CC=${CC:-cc}
export ROOT BUILD PATH LC_ALL TZ CC
unset NO_COLOR CLICOLOR_FORCE TERM DATABASE_PATH MAKEFLAGS MAKELEVEL MFLAGS
umask 022

. "$ROOT/tests/link.sh"

script=$(basename "$0" .sh)
lab=$(mktemp -d) || exit 2
output=$lab/output
current=
count=0
any_failed=0
trap 'end_script $?' EXIT
trap 'exit 130' INT TERM HUP

scenario() {
    end_scenario
    current=$1
    count=$((count + 1))
    rm -f "$lab/failure" "$lab/expected" "$lab/skip"
    : >"$output"
    mkdir "$lab/$count"
    cd "$lab/$count" || exit 2
}

end_scenario() {
    [ -n "$current" ] || return 0
    if [ -e "$lab/failure" ]; then
        any_failed=1
        echo "not ok $script: $current"
        sed 's/^/  /' "$lab/failure"
    elif [ -e "$lab/skip" ]; then
        echo "skip $script: $current: $(cat "$lab/skip")"
    elif [ ! -e "$lab/expected" ]; then
        any_failed=1
        echo "not ok $script: $current"
        echo "  it expected nothing"
    else
        echo "ok $script: $current"
    fi
    current=
}

end_script() {
    set +e
    [ "$1" -eq 0 ] || fail "the script stopped with status $1"
    end_scenario
    cd /
    chmod -R u+rwx "$lab"
    rm -rf "$lab"
    [ "$any_failed" -eq 0 ] && exit "$1"
    exit 1
}

# The first failure is the one that matters.
fail() {
    [ -e "$lab/failure" ] || printf '%s\n' "$*" >"$lab/failure"
    return 1
}

skip() {
    printf '%s\n' "$*" >"$lab/skip"
}

expect_exit() {
    : >"$lab/expected"
    wanted_status=$1
    shift
    status=0
    "$@" >"$output" 2>&1 || status=$?
    [ "$status" -eq "$wanted_status" ] && return 0
    fail "expected exit $wanted_status, got $status: $*
$(tail -n 40 "$output")"
}

expect_output() {
    : >"$lab/expected"
    cat >"$lab/wanted"
    cmp -s "$lab/wanted" "$output" && return 0
    fail "$(diff -u -L expected -L got "$lab/wanted" "$output")"
}

expect_text() {
    : >"$lab/expected"
    grep -qF -e "$1" "$output" && return 0
    fail "expected in the output: $1
$(tail -n 40 "$output")"
}

expect_no_text() {
    : >"$lab/expected"
    grep -qF -e "$1" "$output" || return 0
    fail "not expected in the output: $1
$(tail -n 40 "$output")"
}

expect() {
    : >"$lab/expected"
    "$@" >"$lab/log" 2>&1 && return 0
    fail "expected to succeed: $*
$(tail -n 40 "$lab/log")"
}

build_program() {
    expect link_program "$@"
}
