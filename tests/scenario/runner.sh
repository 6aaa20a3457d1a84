# The test runner is tested: what must fail does, on tests of their own in tests/sanity.
. "$(dirname "$0")/../lib.sh"

# What the runner says of one test, or of all of them.
run_sanity() {
    env -u WRAP TESTS="$ROOT/tests/sanity" BUILD="$BUILD/sanity" DATABASE_PATH=trap \
        "$ROOT/tests/run" "$@"
}

scenario "H1: a failed check counts, is cited, and ends its test only"
expect_exit 1 run_sanity -f fails:
expect_text "1 passed, 2 failed"
expect_text "not ok fails: a number is wrong"
expect_text "fails.c:13: 2"

scenario "H1: a crash counts, and what held before it too"
expect_exit 1 run_sanity -f crashes:
expect_text "ended by signal 6, after: ok crashes: this one holds"
expect_text "1 passed, 1 failed"

scenario "H1: a program that was not built counts"
expect_exit 1 env TESTS="$ROOT/tests/sanity" BUILD="$BUILD/nowhere" "$ROOT/tests/run" -f
expect_text "is it built?"
expect_text "0 passed, 3 failed"

scenario "H1: a wrong golden case counts and shows the difference"
expect_exit 1 run_sanity "a wrong expectation"
expect_text "not ok golden: wrong (a wrong expectation)"
expect_text "+one"
expect_text "0 passed, 1 failed"

scenario "H1: a script that prints nothing counts"
expect_exit 1 run_sanity silent
expect_text "not ok silent: printed no result"

scenario "H1: a script that stops counts"
expect_exit 1 run_sanity stops
expect_text "the script stopped with status 7"
expect_text "0 passed, 1 failed"

scenario "H1: all of it together: every failure is counted, in order, with one job or more"
expect_exit 1 run_sanity
cp "$output" two
expect_exit 1 run_sanity -j 1
expect cmp "$output" two
tail -n 1 two >"$output"
expect_output <<'END'
5 passed, 10 failed, 1 skipped
END

scenario "H1: success is success"
expect_exit 0 run_sanity -v holds: "the environment is bare"
expect_text "ok holds: every kind of check"
expect_text "2 passed, 0 failed"

scenario "H1: nothing that ran is not success"
expect_exit 1 run_sanity "no test has this name"
expect_text "0 passed, 0 failed"
