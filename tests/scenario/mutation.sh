# N2: right DOWNs with one change each, at random with a fixed seed: whatever the proof lets
# pass means the same.  "make mutate" makes a thousand of them; mutate/mutate.c says how.
. "$(dirname "$0")/../lib.sh"

scenario "N2: a hundred changed DOWNs are found, or mean the same"
expect_exit 0 "$BUILD/tests/mutate" 100 "$ROOT/migrations" "$ROOT/tests/mutate/shop"
expect_text "0 survive with other rows, 0 with another schema"

scenario "N2: a DOWN that was wrong before is no set to mutate"
mkdir wrong
printf -- '-- up\nCREATE TABLE a (x);\n-- down\nSELECT 1;\n' >wrong/001_a.sql
expect_exit 2 "$BUILD/tests/mutate" 10 wrong
expect_text "DOWN leaves table a behind"
