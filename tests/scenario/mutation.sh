# N2, N17: right sets with one change each, at random with a fixed seed: whatever the proof lets
# pass of a DOWN means the same, and of an UP it finds those that lose something.  "make mutate"
# makes a thousand of each; mutate/mutate.c and mutate/ups.c say how.
. "$(dirname "$0")/../lib.sh"

scenario "N2: a hundred changed DOWNs are found, or mean the same"
expect_exit 0 "$BUILD/tests/mutate" 100 "$ROOT/migrations" "$ROOT/tests/mutate/shop"
expect_text "0 survive with other rows, 0 with another schema"

scenario "N2: a DOWN that was wrong before is no set to mutate"
mkdir wrong
printf -- '-- up\nCREATE TABLE a (x);\n-- down\nSELECT 1;\n' >wrong/001_a.sql
expect_exit 2 "$BUILD/tests/mutate" 10 wrong
expect_text "DOWN leaves table a behind"

scenario "N17: UPs that forget a copy, cross its columns or leave one out are found, all of them"
expect_exit 0 "$BUILD/tests/mutate" -u 1000 "$ROOT/tests/mutate/clinic" "$ROOT/tests/mutate/mail"
for kind in "forget the copy" "swap two columns" "drop a column of the list" \
    "NOT NULL without default" "drop an index of a rebuild" "drop a trigger of a rebuild"; do
    grep -qE "^ +[1-9][0-9]* found +0 survive: $kind\$" "$output" ||
        fail "some survive of: $kind"
done

scenario "N17: realistic sets that are right draw no warning"
for set in budget clinic library mail stock; do
    expect_exit 0 migc check "$ROOT/tests/mutate/$set"
    expect_output </dev/null
done
