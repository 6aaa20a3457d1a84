# For the test of the test runner: scenarios that fail, one that is skipped, one that holds.
. "$(dirname "$0")/../../lib.sh"

scenario "a status is wrong"
expect_exit 0 false

scenario "a failure in a pipe counts"
echo input | expect_exit 1 cat

scenario "an output is wrong"
expect_exit 0 echo one
expect_output <<'END'
two
END

scenario "nothing is expected"

scenario "not for this machine"
skip "it has three legs"

scenario "this one holds"
expect_exit 3 sh -c 'echo one; exit 3'
expect_output <<'END'
one
END
expect_text on
expect_no_text two
expect test -d .
