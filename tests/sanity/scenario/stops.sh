# For the test of the test runner: a script that stops in the middle of a scenario.
. "$(dirname "$0")/../../lib.sh"

scenario "comes to no end"
expect true
exit 7
